"""The vocabulary: what Allies, groups, measures and targets are called in newspapers.

Everything is a pattern on lower-case text. What is no part of it is either colour, or a reason to abstain.
"""

from __future__ import annotations

# Names, adjectives, peoples and capitals; what is only a city elsewhere (Washington, Brussels) stands for its Ally here.
ALLIES = {
    "ALB": "albania|albanians?|tirana",
    "BEL": "belgium|belgians?|brussels",
    "BGR": "bulgaria|bulgarians?|sofia",
    "CAN": "canada|canadians?|ottawa",
    "HRV": "croatia|croatians?|croats?|zagreb",
    "CZE": "czechia|czech republic|czechs?|prague",
    "DNK": "denmark|danish|danes?|copenhagen",
    "EST": "estonia|estonians?|tallinn",
    "FIN": "finland|finnish|finns?|helsinki",
    "FRA": "france|french(?:men)?|paris",
    "DEU": "germany|germans?|berlin",
    "GRC": "greece|greeks?|athens",
    "HUN": "hungary|hungarians?|budapest",
    "ISL": "iceland|icelanders?|icelandic|reykjavik",
    "ITA": "italy|italians?|rome",
    "LVA": "latvia|latvians?|riga",
    "LTU": "lithuania|lithuanians?|vilnius",
    "LUX": "luxembourgers?|luxembourg",
    "MNE": "montenegro|montenegrins?|podgorica",
    "NLD": "(?:the )?netherlands|dutch(?:men)?|the hague|holland",
    "MKD": "north macedonia|north macedonians?|macedonians?|skopje",
    "NOR": "norway|norwegians?|oslo",
    "POL": "poland|polish|poles?|warsaw",
    "PRT": "portugal|portuguese|lisbon",
    "ROU": "romania|romanians?|bucharest",
    "SVK": "slovak republic|slovakia|slovaks?|bratislava",
    "SVN": "slovenia|slovenians?|slovenes?|ljubljana",
    "ESP": "spain|spanish|spaniards?|madrid",
    "SWE": "sweden|swedish|swedes?|stockholm",
    "TUR": "turkey|türkiye|turkiye|turkish|turks?|ankara",
    "GBR": "(?:the )?united kingdom|great britain|britain|british|britons?|the uk|uk|london|u\\.k\\.",
    "USA": "(?:the )?united states(?: of america)?|america|americans?|uncle sam|washington|the us|us|u\\.s\\.|pentagon",
}

# States outside the Alliance of which another publisher's figures are held.
NON_ALLIES = {
    "CHN": "china|chinese|beijing",
    "RUS": "russia|russians?|moscow|kremlin",
    "UKR": "ukraine|ukrainians?|kyiv",
}
STATES = {*ALLIES, *NON_ALLIES}

_OTHER = r"(?:other|remaining|rest of the) "
_MEMBERS = r"(?:allies|members|member states|countries|nations|states|partners|governments|capitals)"
# In the order in which they are tried: the longer name first.
GROUPS = (
    (
        "NATO_EUR_CAN",
        r"(?:the )?(?:european|europe'?s?) (?:nato )?(?:allies|members|partners|nations)? ?(?:of nato )?"
        r"(?:and|plus|together with|with) canad(?:a|ian)(?:'s)?",
    ),
    ("NATO_EUR_CAN", r"canada and (?:the )?(?:european|europe'?s?)(?: nato)? ?(?:allies|members|partners)?"),
    ("NATO_EUR_CAN", r"nato europe and canada"),
    ("NATO_EUR_CAN", r"(?:the )?non-(?:us|american|u\.s\.) (?:nato )?(?:allies|members)"),
    (
        "NATO_EUR_CAN",
        r"(?:all |every ?(?:one|body) )?(?:of )?(?:the |its |her )?(?:other|remaining) "
        r"(?:\d\d |nato )?(?:allies|members|member states|countries)"
        r"(?: of nato)?(?: (?:combined|(?:all )?(?:put |taken )?together))?",
    ),
    (
        "NATO_EUR_CAN",
        r"everybody else(?: in (?:the alliance|nato))?(?: combined| (?:put )?together)?|"
        r"everyone else(?: in (?:the alliance|nato))?(?: combined| (?:put )?together)?|"
        r"(?:all )?(?:the )?rest of (?:the alliance|nato)(?: combined| (?:put )?together)?|"
        r"(?:all )?(?:the )?others (?:combined|(?:put )?together)|"
        r"(?:the )?(?:nato )?(?:allies|members|countries) (?:without|outside|other than|except|excluding|apart from) (?:the (?:us|united states)|america)|"
        r"nato (?:without|outside|excluding|minus) (?:the (?:us|united states)|america)",
    ),
    (
        "EU_ALLIES",
        r"(?:the )?(?:eu|european union)(?:'s)? (?:nato )?(?:members?|countries|states|member states|allies|nations)(?: of| in| that"
        r" (?:are|belong to))?(?: (?:nato|the alliance))?|(?:nato )?(?:allies|members) (?:that are |who are )?(?:in|of|from)"
        r" the (?:eu|european union)|(?:the )?(?:eu|european union) allies|nato'?s? (?:eu|european union) (?:members|allies|countries|states|nations)",
    ),
    ("BALTIC", r"(?:the )?(?:three )?baltic (?:states|countries|republics|allies|trio|three)|(?:the )?baltics"),
    (
        "EUROPE",
        r"europe'?s nato (?:members|allies|countries)|(?:nato'?s? )?european (?:nato )?(?:allies|members|nato members|"
        r"nato countries|pillar)(?: of (?:nato|the alliance))?|nato(?:'s)? europe|european (?:nato )?(?:countries|states)"
        r"(?: in nato)?|nato's european (?:allies|members|countries)",
    ),
    (
        "NATO_TOTAL",
        r"(?:the |all )?nato (?:countries|members|allies|member states|nations|states|alliance)|"
        r"(?:the )?(?:north )?(?:atlantic |western |transatlantic |military )?alliance(?! has)|nato|(?:all )?(?:the )?allies|allied",
    ),
)

PUBLISHERS = r"sipri|iiss|eurostat|world bank"
# Whom NATO's tables do not hold, and matters that they do not hold.
OUTSIDE = (
    (
        r"russia|russian|moscow|kremlin|china|chinese|beijing|ukrain\w+|kyiv|japan\w*|india\w*|israel\w*|iran\w*|australia\w*|"
        r"south korea\w*|north korea\w*|seoul|tokyo|swiss|switzerland|austria\w*|ireland|irish|saudi\w*|taiwan\w*|serbia\w*|"
        r"cyprus|malta|new zealand|brazil\w*|pakistan\w*|mexico|georgia",
        "other countries are not in NATO's tables",
        "of Russia and Ukraine `--publisher sipri` tells, of others SIPRI's Military Expenditure Database (sipri.org)",
    ),
    (
        r"(?:nato'?s|alliance'?s|nato) (?:own |common |civil |military |joint )+(?:budgets?|funding|funds?)|common(?:ly)?[- ]fund\w*|"
        r"nato headquarters|security investment programme|nsip|common budget|shared budget|joint budget",
        "NATO's common budget is not in these tables, which hold what the Allies spend nationally",
        "NATO publishes it under 'Funding NATO' (nato.int)",
    ),
    (
        r"1\.5 ?%(?: of gdp)? (?:for|heading|pillar|part|component|related|basket|category)|(?:under|of) the (?:new )?1\.5|1\.5% heading|resilience|roads|ports|bridges|cyber|infrastructure under the|defence- and security-related|security-related",
        "the 1.5 % of defence- and security-related spending is not in these tables, which hold core defence only",
        "the Allies' own plans, as far as they are public",
    ),
    (
        r"arms (?:exports?|sales|deliver\w+|worth)|worth of arms|weapons (?:exports?|sales)|exported|sold \$|arms abroad|"
        r"military aid|aid to|donat\w+|assistance to|support for kyiv",
        "exports and aid are not in these tables",
        "SIPRI's Arms Transfers Database, the Kiel Institute's Ukraine Support Tracker",
    ),
    (
        r"tanks?|(?:armou?red |fighting )vehicles?|artillery|howitzers?|helicopters?|ammunition|munitions|shells|rockets?|radars?|launchers?|"
        r"fighter (?:jets?|aircraft)|jets|warships?|frigates?|submarines?|missiles?|warheads?|drones?|battalions?|brigades?|"
        r"bases?|reserv(?:e|ists?)|conscripts?|generals|casualt\w+|f-35s?|"
        r"navy|navies|naval|air forces?|marines|special forces|space force|nuclear|intelligence (?:services?|agenc\w+)|police|border guards?|coast guard|"
        r"veterans",
        "weapons, units and single services are not in these tables",
        "The Military Balance of the IISS",
    ),
    (
        r"stationed|deployed|bill for the american troops|(?:troops|soldiers|forces) (?:in|to) (?:europe|germany|poland|the baltic\w*|romania|lithuania|latvia|estonia|italy|britain)|presence in europe|in europe cost|direct costs?|operations? in",
        "where forces stand and what a presence costs is not in these tables",
        "the national budgets",
    ),
    (r"voters?|poll|taxpayers? (?:think|believe)|survey|approve of|believe", "opinion is not in these tables", "polls"),
    (
        r"debt|deficit|borrow\w*|bonds?|tax(?:es)?|tariffs?|welfare|health|education|pensioners|unemployment|trade|\w+ fund|funds?|frozen|assets|"
        r"spen(?:d|ds|ding|t) (?:\w+ ){0,3}?on (?:the )?(?:culture|schools?|climate|research|transport|housing|energy|pensions|arts|sports?|families|roads)|"
        r"bridges?|loans?|airports?|hospitals?|projects?|packages?|programmes? (?:worth|of)",
        "other public spending is not in these tables",
        "Eurostat, the OECD",
    ),
    (
        r"stock|shares of|orders? for|contracts?|industry|companies|manufacturers?|rheinmetall|factories",
        "companies are not in these tables",
        "their reports",
    ),
    (PUBLISHERS, "the statement goes by another publisher's figures", "that publisher"),
)

# What speaks of what is to come, or rests on assumptions.
PLANS = (
    r"\bplans? to\b|\bpromis\w+ to\b|\bpledg(?:es|ed|ing) to\b|\bvow\w* to\b|\baims? to\b|\bintend\w* to\b|"
    r"\bby (?:the end of )?(?:20[3-9]\d|202[789]|next year)\b|\bnext year\b|\bat (?:the )?(?:present|current|this) (?:pace|rate)\b|"
    r"\bis to (?:spend|reach|hit|raise)\b|\bwants?\b|\bwanted\b|\bneeds?\b(?! (?:\w+ ){0,3}\$)|\bshould\b|\bought to\b|\bmust\b|\bwould\b(?! (?:have )?(?:need|had to))|\bcould\b|"
    r"\bhopes? to\b|\bcommit(?:s|ted) (?:itself |themselves )?to (?:spend|rais|reach|invest|hit|lift)\w*|\bproposes?\b|\bproposal\b|\bagreed to\b|"
    r"\bgoing to\b(?! (?:equipment|personnel|infrastructure|pay|defence|the|its|new))|\bdecade from now\b|\b2040s\b|\b2030s\b|\bin the (?:coming|next) \w+|\bif\b|\bdemand\w*\b|\bcall\w* (?:on|for)\b|\burg\w+\b"
)
# What is a plan unless a year is named that had begun.
FUTURE = r"\bwill\b|\bon course\b|\bon track\b|\bset to\b|\bis to\b|\bare to\b|\bdue to\b"

SPENDING = (
    r"(?:defence|defense|military|armed forces|arms|armaments|security|army) ?-?(?:spending|expenditures?|budgets?|outlays?|bills?|costs?|effort|"
    r"investment|spend|spender|spenders|money|purse)|spend(?:s|ing|ers?)?|spent|expenditures?|outspen[dt]s?|outlays?|budgets?|(?:foots?|pays?|paid|"
    r"footed|footing|bears?|bore|carr(?:y|ies|ied)|shoulder(?:s|ed)?|accounts?|accounted|contribut\w+|provid\w+)|bill|burden|defence|defense|military|"
    r"put up|laid out|devot\w+|invest\w*|allocat\w+|outlay"
)
GDP = (
    r"(?:its |their |the |a )?(?:national |gross |country'?s )?(?:gdp|gross domestic product|gross national product|domestic product|national output|"
    r"economic output|national income|economy|economic strength|output)"
)
PEOPLE = (
    r"(?:people |men and women |personnel |women and men )?(?:in uniform|under arms)|troops|soldiers|military personnel|service ?members|"
    r"servicemen(?: and women)?|active personnel|uniformed (?:personnel|people|staff)|armed forces personnel|men and women in (?:the )?(?:forces|uniform)|"
    r"service personnel|active-duty \w+|strong (?:army|armed forces|military|force)|-strong|headcount|personnel"
)
PER_HEAD = (
    r"per (?:head|capita|inhabitant|person|citizen|resident|man, woman and child|norwegian|american|canadian)|"
    r"(?:a|for every|for each|each|every|the average) "
    r"(?:head|inhabitant|citizen|resident|person|norwegian|american|canadian|dane|german|pole|briton|finn|swede|estonian|lithuanian|latvian|"
    r"dutchman|italian|spaniard|belgian|turk|greek|frenchman)|by head of population|head of population"
)
TARGET_WORDS = (
    r"guideline|target|goal|pledge|commitment|benchmark|bar|mark|threshold|norm|test|promise|objective|floor|line|minimum|yardstick|standard|rule|"
    r"requirement|criterion|ambition|hurdle|aim"
)
MEETS = (
    r"me(?:e)?ts?|meeting|reach(?:es|ed|ing)?|hit(?:s|ting)?|satisf\w+|fulfil\w*|clear(?:s|ed|ing)?|attain\w*|achiev\w+|compl(?:y|ies|ied|iance) with|"
    r"liv(?:e|es|ed) up to|lived up|honou?r\w*|kept|keep(?:s|ing)?|stuck to|above|at or above|pass(?:es|ed)?|got to|gets to|crossed|"
    r"deliver(?:s|ed)? on|make(?:s)?|made|(?:over|past|through|beyond)(?= the\b)|top(?:s|ped)|exceed(?:s|ed)?|surpass(?:es|ed)?|qualif\w+"
)
MISSES = (
    r"miss(?:es|ed|ing)?|fail(?:s|ed|ing)?(?: to (?:meet|reach|hit))?|falls? short|fell short|fall(?:en|ing) short|short of|below|under|"
    r"did(?: not|n't) (?:meet|reach|hit)|do(?:es)?(?: not|n't) (?:meet|reach|hit)|had not (?:met|reached|hit)|has not (?:met|reached|hit)|"
    r"have not (?:met|reached|hit)|not (?:meet|reach|hit|clear)|yet to (?:meet|reach)|flunk\w*|undershoot\w*|undershot"
)
CATEGORIES = (
    (
        "equipment_share",
        r"equipment|\bkit\b|hardware|procurement|weapons|weaponry|new arms|materiel|gear",
    ),
    (
        "personnel_share",
        r"personnel costs?|personnel|pay and pensions|\bpay\b(?! for\b| (?:(?:about|some|nearly|almost|roughly|over|only|just|around) )?(?:\d|$))|salar(?:y|ies)|wages|staff|payroll",
    ),
    ("infrastructure_share", r"infrastructure|buildings|construction"),
    ("other_share", r"operations and maintenance|maintenance|running costs|other (?:costs|spending)"),
)
RISES = (
    r"grew|grow(?:s|n|ing|th)?|rose|ris(?:e|es|en|ing)|increas\w*|went up|gone up|going up|(?:is|are|was|were) up|up (?=by|from|\d)|climb\w*|jump\w*|surg\w*|expan\w+|soar\w*|rais\w+|hik\w+|"
    r"boost\w*|add(?:s|ed|ing)?|lift\w*|gain\w*|swell\w*|swelled|explod\w+|balloon\w*|\w*rocket\w*|mushroom\w*|shot up|shoots? up|higher|extra|additional|more|accelerat\w+|leap\w*|leapt|upturn|(?:step|ramp|beef|scal|bump)\w* up|upped"
)
FALLS = (
    r"fell|fall(?:s|en|ing)?|shrank|shr[iu]nk\w*|drop\w*|declin\w*|cut(?:s|ting)?|decreas\w*|went down|gone down|(?:is|are|was|were) down|down (?=by|from|\d)|slid|slip\w*|contract(?:ed|ion)|reduc\w+|"
    r"los(?:t|ing|es)|loss|shed(?:s|ding)?|lower|plung\w*|tumbl\w*|collaps\w*|slump\w*|sank|trimm\w*|slash\w*|dip(?:s|ped)?|(?:scal|trimm|par)\w* (?:back|down)|dwindl\w+"
)
