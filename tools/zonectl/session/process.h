// The process that zonectl runs in, made fit for private keys. For main alone.
#pragma once

namespace zonectl {

// No core dump, no other process of the same user looks in, no descriptor of the caller's goes on to a signer's
// command, and no file is opened in the place of a standard stream that the caller closed.
void protect_process();

// Takes back what a change of user undoes of it.
void protect_memory();

// Of an operator's run: the terminal cannot stop it, who would hold the store for as long (Ctrl-Z).
void run_on();

// In an operator's run: of the environment only what says how to print is kept, and TMPDIR is /tmp.
void forget_environment();

}  // namespace zonectl
