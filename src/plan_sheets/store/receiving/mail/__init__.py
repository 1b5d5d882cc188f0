"""E-mails that come in: their text, sender and attachments, of every program."""
