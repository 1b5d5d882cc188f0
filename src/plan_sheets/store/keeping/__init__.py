"""Compares a plan folder with its register, and puts a register back."""
