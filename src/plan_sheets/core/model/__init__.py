"""The words of the field: keys, dates, rounds, stages, findings, messages, history."""
