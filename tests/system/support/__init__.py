"""What the system tests share: the programs under test, a store to work on, a server, questions, the world around."""
