"""Zips, packages, limits, kinds of files, and the child process."""
