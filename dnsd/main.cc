// dnsd: answers DNS queries for the zones of a zone store.

#include <cstdlib>
#include <exception>
#include <iostream>
#include <span>
#include <system_error>
#include <variant>

#include "dnsd/config/command_line.h"
#include "dnsd/control.h"
#include "dnsd/server.h"
#include "dnsd/util/exception_text.h"
#include "dnsd/util/log.h"

namespace {

using dnsd::ExitCode;

ExitCode refuse_usage(const std::string& message) {
  std::cerr << "dnsd: " << message << "\n"
            << "Try 'dnsd --help'.\n";
  return ExitCode::kUsage;
}

ExitCode run(std::span<const char* const> arguments) {
  const auto parsed = dnsd::config::parse_command_line(arguments);
  if (!parsed) {
    return refuse_usage(parsed.error());
  }
  if (const auto* const printout = std::get_if<dnsd::config::Printout>(&*parsed)) {
    std::cout << printout->text;
    return ExitCode::kEnded;
  }
  const auto& command_line = std::get<dnsd::config::CommandLine>(*parsed);
  auto config = dnsd::config::load(command_line, std::getenv("ZONESTORE"));
  if (!config) {
    return refuse_usage(config.error());
  }
  dnsd::config::use_runtime_directory(std::getenv("RUNTIME_DIRECTORY"), *config);
  dnsd::util::Log log(config->log_level);
  return command_line.check ? dnsd::check(*config, log, std::cout) : dnsd::run_server(*config, log);
}

}  // namespace

int main(int argument_count, char** arguments) {
  dnsd::ignore_harmless_signals();
  try {
    const std::span all(arguments, static_cast<std::size_t>(argument_count));
    return static_cast<int>(run(argument_count > 0 ? all.subspan(1) : all));
  } catch (const std::system_error& error) {  // no thread, no descriptor to be had
    std::cerr << "dnsd: cannot start: " << error.what()
              << "; raise the limits (TasksMax, LimitNPROC, LimitNOFILE, LimitDATA, the machine's memory)\n";
    return static_cast<int>(ExitCode::kFailed);
  } catch (const std::exception& exception) {
    std::cerr << "dnsd: " << dnsd::util::text_of(exception) << "\n";
    return static_cast<int>(ExitCode::kFailed);
  } catch (...) {
    std::cerr << "dnsd: an exception of no known kind\n";
    return static_cast<int>(ExitCode::kFailed);
  }
}
