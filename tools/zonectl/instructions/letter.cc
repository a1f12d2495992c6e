#include "tools/zonectl/instructions/letter.h"

#include <algorithm>
#include <array>
#include <set>

#include "tools/zonectl/text/printable.h"
#include "zonestore/base/joined.h"

namespace zonectl::instructions {
namespace {

using zonestore::CustomerRecord;

constexpr std::size_t kColumns = 72;

std::string domains_text(const Publications& all) {
  return zonestore::joined(all.domains, ", ",
                           [](const Publication& each) { return each.dns.domain.to_text_no_dot(); });
}

class Letter {
 public:
  Letter(std::ostream& out, const Phrases& phrases) : out_(out), phrases_(phrases) {
    for (const std::string_view key : {"record.name", "record.type", "record.value", "record.ttl"}) {
      label_width_ = std::max(label_width_, columns_of(phrases_.text(key)));
    }
  }

  void write_head(std::string_view language, const Publications& all) {
    // Folded before a blank (RFC 5322 2.2.3): a line of more than 998 bytes would not be relayed (2.1.1).
    out_ << wrapped("Subject: " + phrases_.text("subject", {{"domains", domains_text(all)}}), kColumns, " ") << '\n'
         << "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
         << "Content-Language: " << language << "\n\n";
    paragraph("greeting");
    paragraph("intro", {{"code", all.code}, {"domains", domains_text(all)}});
  }

  void write_domain(const Publication& domain, bool is_one_of_many) {
    if (is_one_of_many) {
      out_ << "== " << domain.dns.domain.to_text_no_dot() << " ==\n\n";
    }
    paragraph("dkim.title");
    paragraph("dkim.text");
    for (const CustomerRecord& record : domain.dns.cnames) {
      write_record(record, domain);
    }
    paragraph("spf.title");
    paragraph("spf.text");
    paragraph("spf.new", {{"domain", domain.dns.domain.to_text_no_dot()}});
    write_record(domain.dns.spf, domain);
    paragraph("spf.present", {{"term", domain.dns.spf_term}});
    out_ << "    v=spf1 ... " << domain.dns.spf_term << " ~all\n\n";
    paragraph("spf.dots");
    write_dmarc(domain);
  }

  void write_lines(const Publications& all) {
    paragraph("lines.title");
    paragraph("lines.text");
    std::set<std::string> told;  // two domains may have one organization
    for (const Publication& each : all.domains) {
      for (const CustomerRecord& record : each.dns.cnames) {
        out_ << record.zone_file_line << '\n';
      }
      out_ << each.dns.spf.zone_file_line << '\n';
      if (told.insert(each.dmarc.zone_file_line).second) {
        out_ << each.dmarc.zone_file_line << '\n';
      }
    }
    out_ << '\n';
  }

  void write_end() {
    paragraph("closing");
    out_ << phrases_.text("goodbye") << '\n';
  }

 private:
  void paragraph(std::string_view key, const Phrases::Values& values = {}) {
    out_ << wrapped(phrases_.text(key, values), kColumns, "") << "\n\n";
  }

  void field(std::string_view key, std::string_view value) {
    const std::string label = phrases_.text(key);
    out_ << "    " << label << std::string(label_width_ - columns_of(label) + 2, ' ') << value << '\n';
  }

  void write_record(const CustomerRecord& record, const Publication& domain) {
    field("record.name", record.name);
    const std::string indent(label_width_ + 4 + 2, ' ');
    const std::vector<Panel> panels = panels_of(record, domain);
    for (const Panel& panel : panels) {
      const bool is_first = &panel == &panels.front();
      out_ << indent << (is_first ? "(" : " ")
           << phrases_.text(is_first ? "record.panel" : "record.panel-below",
                            {{"zone", panel.zone.to_text_no_dot()}, {"name", panel.name}})
           << (&panel == &panels.back() ? ")" : "") << '\n';
    }
    field("record.type", record.type);
    field("record.value", record.value);
    field("record.ttl", std::to_string(record.ttl));
    out_ << '\n';
  }

  void write_dmarc(const Publication& domain) {
    paragraph("dmarc.title");
    paragraph("dmarc.text", {{"names", zonestore::joined(domain.dmarc_names, ", ")}});
    write_record(domain.dmarc, domain);
  }

  std::ostream& out_;
  const Phrases& phrases_;
  std::size_t label_width_ = 0;
};

}  // namespace

void write_letter(std::ostream& out, std::string_view language, const Phrases& phrases, const Publications& all) {
  Letter letter(out, phrases);
  letter.write_head(language, all);
  for (const Publication& domain : all.domains) {
    letter.write_domain(domain, all.domains.size() > 1);
  }
  letter.write_lines(all);
  letter.write_end();
}

}  // namespace zonectl::instructions
