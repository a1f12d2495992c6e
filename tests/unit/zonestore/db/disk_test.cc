// Permissions, read-only file systems and full disks, each for real.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include "tests/unit/zonestore/db/test_support.h"
#include "zonestore/db/connection.h"

namespace zonestore::db {
namespace {

using test::code_of;
using test::number;
using test::ScratchDirectory;

constexpr const char* kMakeTable = "CREATE TABLE item (value BLOB); INSERT INTO item VALUES (x'00')";
constexpr const char* kWriteMuch =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)"
    "INSERT INTO item SELECT randomblob(1000) FROM n";
constexpr int kNotAllowedHere = 96;

class Disk : public testing::Test {
 protected:
  void SetUp() override { Connection::open(file_, Access::kCreate).execute(kMakeTable); }

  // In a child with a tmpfs of its own over the scratch directory, of this many bytes.
  template <class Body>
  int on_small_file_system(const char* options, Body&& body) {
    return test::exit_code_of_child([&] {
      if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
          ::mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, options) != 0) {
        return kNotAllowedHere;
      }
      Connection::open(file_, Access::kCreate).execute(kMakeTable);
      const std::optional<ErrorCode> code = code_of(body);
      return code ? number(*code) : test::kNoFailure;
    });
  }

  ScratchDirectory directory_;
  std::filesystem::path file_ = directory_ / "test.db";
};

TEST_F(Disk, KeepsAFileFromThoseWhoMayNotReadIt) {
  std::filesystem::permissions(file_, std::filesystem::perms::none);
  for (const Access access : {Access::kReadOnly, Access::kReadWrite}) {
    EXPECT_EQ(test::code_for_ordinary_user([&] { (void)Connection::open(file_, access); }),
              number(ErrorCode::kPermission));
  }
}

TEST_F(Disk, KeepsAFileFromThoseWhoMayNotWriteIt) {
  std::filesystem::permissions(file_, std::filesystem::perms{0444});
  EXPECT_EQ(test::code_for_ordinary_user([&] { (void)Connection::open(file_, Access::kReadWrite); }),
            number(ErrorCode::kPermission));
  EXPECT_EQ(test::code_for_ordinary_user(
                [&] { (void)Connection::open(file_, Access::kReadOnly).integer("SELECT count(*) FROM item"); }),
            test::kNoFailure);
}

TEST_F(Disk, KeepsWritersFromADirectoryThatTheyMayNotWrite) {
  std::filesystem::permissions(file_, std::filesystem::perms{0666});
  std::filesystem::permissions(directory_.path(), std::filesystem::perms{0555});
  EXPECT_EQ(test::code_for_ordinary_user([&] { (void)Connection::open(file_, Access::kReadWrite); }),
            number(ErrorCode::kPermission))
      << "the journal could not be made";
  EXPECT_EQ(test::code_for_ordinary_user([&] { (void)Connection::open(directory_ / "new.db", Access::kCreate); }),
            number(ErrorCode::kPermission));
  std::filesystem::permissions(directory_.path(), std::filesystem::perms{0755});
}

TEST_F(Disk, NamesTheOwnerToThoseWhoMayNotEnter) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "only root can run as somebody else";
  }
  std::filesystem::permissions(file_, std::filesystem::perms{0600});
  EXPECT_EQ(test::exit_code_of_child([&] {
              if (::setuid(65534) != 0) {
                return 1;
              }
              const std::optional<Error> error =
                  test::error_of([&] { (void)Connection::open(file_, Access::kReadOnly); });
              return error && error->message == "cannot open " + file_.string() + ": permission denied" &&
                             error->hint == "run as the store's owner: sudo -u root zonectl ..."
                         ? 0
                         : 2;
            }),
            0);
}

TEST_F(Disk, MayBeMountedReadOnly) {
  const int code = on_small_file_system("size=1m", [&] {
    if (::mount(nullptr, directory_.path().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0) {
      throw std::runtime_error("cannot remount");
    }
    if (Connection::open(file_, Access::kReadOnly).integer("SELECT count(*) FROM item") != 1) {
      throw std::runtime_error("cannot read");
    }
    (void)Connection::open(file_, Access::kReadWrite);
  });
  if (code == kNotAllowedHere) {
    GTEST_SKIP() << "may not mount";
  }
  EXPECT_EQ(code, number(ErrorCode::kReadOnly));
}

TEST_F(Disk, MayBeFull) {
  const int code = on_small_file_system("size=128k", [&] {
    Connection connection = Connection::open(file_, Access::kReadWrite);
    const std::optional<ErrorCode> failed = code_of([&] {
      Transaction transaction(connection, Transaction::Kind::kWrite);
      connection.execute(kWriteMuch);
      transaction.commit();
    });
    if (failed != ErrorCode::kFull || connection.integer("SELECT count(*) FROM item") != 1) {
      throw std::runtime_error("not as before");
    }
    connection.execute("INSERT INTO item VALUES (x'01')");  // a small change still has room
    throw Failure(Error{ErrorCode::kFull, "", ""});
  });
  if (code == kNotAllowedHere) {
    GTEST_SKIP() << "may not mount";
  }
  EXPECT_EQ(code, number(ErrorCode::kFull));
}

TEST_F(Disk, MayRefuseALargerFile) {
  const int code = test::exit_code_of_child([&] {
    (void)::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{65536, 65536};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) {
      return kNotAllowedHere;
    }
    Connection connection = Connection::open(file_, Access::kReadWrite);
    const std::optional<ErrorCode> failed = code_of([&] { connection.execute(kWriteMuch); });
    return failed ? number(*failed) : test::kNoFailure;
  });
  EXPECT_EQ(code, number(ErrorCode::kFull));
  EXPECT_EQ(Connection::open(file_, Access::kReadWrite).integer("SELECT count(*) FROM item"), 1);
}

TEST_F(Disk, MayRunIntoThePageLimit) {
  Connection connection = Connection::open(file_, Access::kReadWrite);
  connection.execute("PRAGMA max_page_count=20");
  EXPECT_EQ(code_of([&] { connection.execute(kWriteMuch); }), ErrorCode::kFull);
  EXPECT_EQ(connection.integer("SELECT count(*) FROM item"), 1);
}

}  // namespace
}  // namespace zonestore::db
