"""One module for each kind of page: what it shows, in which words. `pages(release)` in each gives its pages."""
