#include "dnsd/privileges.h"

#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace dnsd {
namespace {

tl::unexpected<std::string> system_failure(const std::string& what) {
  return util::fail(what + ": " + std::generic_category().message(errno));
}

bool is_wholly(const Account& account) {
  uid_t real_user = 0;
  uid_t effective_user = 0;
  uid_t saved_user = 0;
  gid_t real_group = 0;
  gid_t effective_group = 0;
  gid_t saved_group = 0;
  return ::getresuid(&real_user, &effective_user, &saved_user) == 0 &&
         ::getresgid(&real_group, &effective_group, &saved_group) == 0 && real_user == account.user &&
         effective_user == account.user && saved_user == account.user && real_group == account.group &&
         effective_group == account.group && saved_group == account.group;
}

}  // namespace

util::Result<Account> find_account(const std::string& name) {
  std::vector<char> memory(16384);
  passwd entry{};
  passwd* found = nullptr;
  const int error = ::getpwnam_r(name.c_str(), &entry, memory.data(), memory.size(), &found);
  if (found == nullptr) {
    const std::string why = error == 0 ? "no such user; make it with systemd-sysusers or adduser"
                                       : std::generic_category().message(error);
    return util::fail(why);
  }
  if (found->pw_uid == 0) {
    return util::fail("it is root, and would give nothing up");
  }
  return Account{name, found->pw_uid, found->pw_gid};
}

util::Result<void> become(const Account& account) {
  if (::geteuid() != 0) {
    if (::geteuid() == account.user && ::getuid() == account.user) {
      return {};
    }
    return util::fail("cannot become the user '" + account.name +
                      "': only root can; leave out --user, or start as root");
  }
  // The groups first: they need the rights that the user gives up.
  if (::initgroups(account.name.c_str(), account.group) != 0) {
    return system_failure("cannot take the groups of '" + account.name + "'");
  }
  if (::setresgid(account.group, account.group, account.group) != 0) {
    return system_failure("cannot take the group of '" + account.name + "'");
  }
  if (::setresuid(account.user, account.user, account.user) != 0) {
    return system_failure("cannot become the user '" + account.name + "'");
  }
  // Trying it is the proof: a kernel or a filter may have done less than it said.
  if (!is_wholly(account) || ::setuid(0) == 0) {
    return util::fail("became '" + account.name + "' only in part; refusing to go on");
  }
  return {};
}

util::Result<void> renounce_capabilities() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return system_failure("cannot set no_new_privs");
  }
  // A kernel without ambient capabilities has none to clear.
  (void)::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  // No header of the C library declares it, and libcap would be a dependency for one call.
  if (::syscall(SYS_capset, &header, none.data()) != 0) {
    return system_failure("cannot give up capabilities");
  }
  return {};
}

void keep_memory_private() {
  const rlimit none{0, 0};
  (void)::setrlimit(RLIMIT_CORE, &none);  // to lower it cannot fail
  (void)::prctl(PR_SET_DUMPABLE, 0);      // nor can this
}

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    // What Linux gives a process that asks for nothing.
    return 1024;
  }
  const rlimit raised{limit.rlim_max, limit.rlim_max};
  return ::setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

}  // namespace dnsd
