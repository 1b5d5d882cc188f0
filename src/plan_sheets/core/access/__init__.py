"""Rules of accessibility, their words, and what they look at."""
