"""What the e-mails say that are drafted, and whom they are for."""
