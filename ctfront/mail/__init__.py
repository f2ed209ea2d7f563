"""Turn a domain object into a message, and hand it to a mail server or a mailbox; knows the domain only."""
