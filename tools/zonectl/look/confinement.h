// Takes from this process all but its sockets and one pipe. For the child that looks, before it reads a byte of
// anyone.
//
//   descriptors    all closed but 0 (the pipe); 1 and 2 are /dev/null, so that no socket is taken for standard output
//   new rights     none, ever (no_new_privs); as root it becomes nobody first
//   files          none (Landlock, where the kernel has it), and none may grow (RLIMIT_FSIZE)
//   its parent     dead, it is dead too; its memory is no other process's
//
// Threads: before there are any.
#pragma once

namespace zonectl::look {

// `pipe` becomes descriptor 0. False: it could not be confined, and must not look.
[[nodiscard]] bool confine(int pipe);

}  // namespace zonectl::look
