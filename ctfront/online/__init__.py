"""The Online Appointments site: what patients see, in plain HTML that needs no scripts."""
