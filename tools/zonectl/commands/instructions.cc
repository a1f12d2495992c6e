// zonectl instructions: what institutions publish in their own zones, as e-mails, as a table, or as JSON.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/instructions/letter.h"
#include "tools/zonectl/instructions/sheet.h"
#include "tools/zonectl/telling/json.h"

namespace zonectl::instructions {
namespace {

using zonestore::CustomerRecord;
using zonestore::DomainInstructions;
using zonestore::ErrorCode;
using zonestore::Result;

enum class Format : std::uint8_t { kText, kCsv };

Result<Format> parse_format(std::string_view text) {
  if (text == "text") {
    return Format::kText;
  }
  if (text == "csv") {
    return Format::kCsv;
  }
  return zonestore::fail(ErrorCode::kInvalid, "there is no form of that name", "text, an e-mail, or csv, a table");
}

struct Options {
  std::vector<zonestore::dkim::Code> codes;
  bool all = false;
  std::optional<Format> format;
  std::optional<std::string> language;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.operators().institutions(options.codes, [&options] { return options.all; });
  arguments.operators().flag("--all", options.all, "of every institution that has a domain, in place of INST");
  arguments.operators().one("--format", "text|csv", options.format, Need::kOptional, &parse_format,
                            "an e-mail with its headers (default), or a table with a row for each record");
  arguments.operators().one("--lang", "en|fr|de|it", options.language, Need::kOptional, &parse_language,
                            "the language of the e-mail (default: en)");
}

Publications publications_of(const std::string& code, const std::vector<DomainInstructions>& domains) {
  static const probe::PublicSuffixes suffixes;
  Publications all{code, {}};
  for (const DomainInstructions& each : domains) {
    all.domains.push_back(publication_of(each, suffixes));
  }
  return all;
}

// What each panel wants as names.
Json panels_json(const Publication& each) {
  Json panels = Json::array();
  for (const zonestore::Name& zone : each.zones) {
    const auto name_in = [&](const CustomerRecord& record) -> Json {
      for (const Panel& panel : panels_of(record, each)) {
        if (panel.zone == zone) {
          return panel.name;
        }
      }
      return nullptr;
    };
    Json cnames = Json::array();
    for (const CustomerRecord& record : each.dns.cnames) {
      cnames.push_back(name_in(record));
    }
    panels.push_back(Json{{"zone", zone.to_text_no_dot()},
                          {"cnames", std::move(cnames)},
                          {"spf", name_in(each.dns.spf)},
                          {"dmarc", name_in(each.dmarc)}});
  }
  return panels;
}

Json to_json(const Publications& all) {
  Json domains = Json::array();
  for (const Publication& each : all.domains) {
    Json domain = zonectl::to_json(each.dns);
    domain["dmarc"] = record_json(each.dmarc, each.dns.domain);
    domain["dmarc_names"] = each.dmarc_names;
    domain["panels"] = panels_json(each);
    domains.push_back(std::move(domain));
  }
  return Json{{"code", all.code}, {"domains", std::move(domains)}};
}

// Writes institution after institution in the form that was asked for.
class Output {
 public:
  Output(std::ostream& out, const Session& session, const Options& options)
      : out_(out),
        is_sheet_(options.format == Format::kCsv),
        language_(options.language.value_or(std::string(kLanguages.front()))),
        phrases_(Phrases::of(language_)) {
    if (session.json() && (options.all || options.codes.size() > 1)) {
      list_.emplace(out, "institutions");
    }
    is_json_ = session.json();
    if (is_sheet_) {
      write_sheet_head(out_);
    }
  }

  void add(const Publications& all) {
    if (list_) {
      list_->add(to_json(all));
    } else if (is_json_) {
      print(out_, to_json(all));
    } else if (is_sheet_) {
      write_sheet(out_, all);
    } else if (!all.domains.empty()) {
      out_ << (letters_++ == 0 ? "" : "\n\n");
      write_letter(out_, language_, phrases_, all);
    }
    without_domain_ += all.domains.empty() ? 1 : 0;
  }

  // How many had no domain, which neither letter nor table shows.
  std::size_t finish() {
    if (list_) {
      list_->finish();
    }
    return is_json_ ? 0 : without_domain_;
  }

 private:
  std::ostream& out_;
  bool is_sheet_;
  bool is_json_ = false;
  std::string language_;
  Phrases phrases_;
  std::optional<JsonList> list_;
  std::size_t letters_ = 0;
  std::size_t without_domain_ = 0;
};

Result<void> read(zonestore::Store& store, const Options& options, Output& output, const std::ostream& out) {
  if (options.all) {
    return all_instructions(store, [&](const std::string& code, const std::vector<DomainInstructions>& domains) {
      output.add(publications_of(code, domains));
      return out.good();
    });
  }
  for (const zonestore::dkim::Code& code : options.codes) {
    const auto domains = zonestore::instructions(store, code);
    if (!domains) {
      return tl::unexpected(domains.error());
    }
    output.add(publications_of(code.text(), *domains));
  }
  return {};
}

Result<void> write(std::ostream& out, const Session& session, zonestore::Store& store, const Options& options) {
  Output output(out, session, options);
  Result<void> done = read(store, options, output, out);
  const std::size_t without = output.finish();
  if (done && without > 0) {
    const bool is_one = options.codes.size() == 1;
    const std::string code = is_one ? options.codes.front().text() : "CODE";
    session.err() << (is_one         ? code + " has"
                      : without == 1 ? "1 institution has"
                                     : std::to_string(without) + " institutions have")
                  << " no mail domain yet; add one: zonectl domain add " << code << " DOMAIN\n";
  }
  return done;
}

Result<void> check(const Session& session, const Options& options) {
  if (options.all != options.codes.empty()) {
    return zonestore::fail(ErrorCode::kInvalid, options.all ? "INST excludes --all" : "INST is missing",
                           "zonectl instructions INST, or zonectl instructions --all");
  }
  if (session.json() && options.format) {
    return zonestore::fail(ErrorCode::kInvalid, "--format and --json are two forms", "give one of them");
  }
  if (options.language && (session.json() || options.format == Format::kCsv)) {
    return zonestore::fail(ErrorCode::kInvalid, "--lang is of the e-mail: a table has no language", "leave it out");
  }
  return {};
}

Result<ExitCode> body(Session& session, const Options& options) {
  if (const Result<void> good = check(session, options); !good) {
    return tl::unexpected(good.error());
  }
  return session.read([&](zonestore::Store& store) {
    return session.print_whole_lines([&](std::ostream& out) { return write(out, session, store, options); });
  });
}

}  // namespace

void define(CommandLine& line) {
  line.command<Options>(
      {"instructions", "print what an institution publishes in its own DNS zone: an e-mail to send it, or a table",
       "zonectl instructions mosa --lang fr\nzonectl instructions --all --format csv",
       exits_of_reading({{ExitCode::kNotFound, "no such institution"}}), For::kOperators},
      arguments, body);
}

}  // namespace zonectl::instructions
