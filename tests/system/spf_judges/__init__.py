"""Our judgement of SPF beside two others, pyspf and Mail::SPF, over generated records and worlds."""
