"""Texts of records of every type, good and spoilt, and what we, BIND and dnspython make of each."""
