"""Say which version of Burdenshare this is; pyproject.toml says it to pip, and a test that both agree."""

__version__ = "0.1.0"
