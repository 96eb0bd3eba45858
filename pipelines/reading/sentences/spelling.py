"""Spelling: one way to write what sentences write in several."""

from __future__ import annotations

import re

_A_NUMBER = r"(?= (?:[$€£]? ?\d|half|an? |one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty))"


def normalise(sentence: str) -> str:
    """Write a sentence in small letters, with one kind of dash, quotation mark, percent, at most and at least."""
    text = (
        sentence.replace("\u2019", "'")
        .replace("\u2018", "'")
        .replace("\u201c", '"')
        .replace("\u201d", '"')
        .replace("\u00a0", " ")
    )
    text = text.replace("\u2013", "-").replace("\u2014", " - ").replace("\u2011", "-").replace("\u202f", " ")
    text = re.sub(r"US ?\$|USD ?(?=\d)", "$", text)
    text = re.sub(r"\bUS(?= (?:dollars?|cents))", "", text)
    text = re.sub(r"\bU\.S\.(?:A\.)?|\bUSA\b|\bUS\b", "United States", text)
    text = re.sub(r"\bU\.K\.|\bUK\b", "United Kingdom", text)
    text = text.lower()
    text = re.sub(r"#\w+|https?://\S+", " ", text)
    text = re.sub(r"\bper ?cent(?:age)?\b(?! ?-?points?)|\bpct\b|\bpc\b|\bper cent\b", "%", text)
    text = re.sub(r"(\w)(?:-| )%", r"\1%", text)
    text = re.sub(r"\bgross domestic product\b", "gdp", text)
    text = re.sub(r"(\d)-(?=(?:billion|million|trillion|%))", r"\1 ", text)
    text = re.sub(r"\bdefense\b", "defence", text)
    # Before numbers are looked for: "no" is one.
    text = re.sub(rf"\b(?:no|not) (?:more|higher|greater) than{_A_NUMBER}", "at most", text)
    text = re.sub(rf"\b(?:(?:did|does|do)(?: not|n't) exceed|never exceeded|not exceeding){_A_NUMBER}", "at most", text)
    text = re.sub(rf"\b(?:no|not) (?:less|fewer|lower|smaller) than{_A_NUMBER}", "at least", text)
    text = re.sub(r"(?<!half )(?<!of )\ba (trillion|billion|million)\b", r"1 \1", text)
    return re.sub(r"\s+", " ", text).strip()
