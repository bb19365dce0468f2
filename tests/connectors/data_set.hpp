// Real data for tests: where it is, which mapping reads it, and what the log says of it afterwards.
#pragma once

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "schemas/accounting.hpp"
#include "schemas/sales.hpp"
#include "tests/connectors/import_desk.hpp"

namespace daybook::files {

// The folder of a data set; "" where it is absent, which the test then says.
inline std::string data_folder(const std::string& name) {
    const char* given = std::getenv("DAYBOOK_DATA");
    const std::string root = given != nullptr ? given : DAYBOOK_SOURCE_DIR "/../shared/data";
    const std::string folder = root + "/" + name;
    if (std::filesystem::is_directory(folder)) return folder;
    MESSAGE("skipped: the data set ", name, " is not in ", root);
    return "";
}

// The published totals that stand beside the data.
inline boost::json::object check_figures(const std::string& folder) {
    std::ostringstream text;
    text << std::ifstream{folder + "/check_figures.json", std::ios::binary}.rdbuf();
    boost::json::error_code failed;
    const boost::json::value figures = boost::json::parse(text.str(), failed);
    REQUIRE_FALSE(failed);
    return figures.as_object();
}

// "-12.5" is -12,500,000 millionths.
inline std::int64_t micro_of(std::string_view text) {
    const auto exact = Exact::parse(text);
    REQUIRE(exact);
    std::string digits = exact->text(6);
    std::erase(digits, '.');
    return std::stoll(digits);
}

inline Mapping shipped_mapping(const std::string& name) {
    const std::string path = DAYBOOK_SOURCE_DIR "/connectors/files/mappings/" + name;
    std::ostringstream text;
    text << std::ifstream{path, std::ios::binary}.rdbuf();
    auto mapping = parse_mapping(text.str(), name);
    REQUIRE_MESSAGE(mapping.ok(), (mapping ? "" : mapping.error().message));
    return std::move(mapping).value();
}

// Imports with everything as it is shipped, and shows why if that fails.
inline ImportSummary import_data(
    ImportDesk& desk, const Mapping& mapping, const std::string& folder
) {
    ImportOptions options = desk.options();
    options.folder = folder;
    auto summary = run_import(mapping, desk.submit(), options);
    REQUIRE_MESSAGE(summary.ok(), (summary ? "" : summary.error().message));
    REQUIRE_FALSE(summary.value().is_stopped);
    if (summary.value().failure) FAIL(summary.value().failure->message);
    return std::move(summary).value();
}

inline void for_each_event(const Log& log, const std::function<void(EventBytes)>& use) {
    const auto reader = std::move(log.read(0)).value();
    for (;;) {
        const auto events = reader->next().value();
        if (events.empty()) return;
        for (const EventBytes event : events) use(event);
    }
}

// What stands in the ledger, added up from the log alone.
struct LedgerSums {
    std::uint64_t invoices = 0;
    std::uint64_t credit_notes = 0;
    std::uint64_t booked = 0;         // Documents whose entry moves receivables by their gross.
    std::int64_t net_minor = 0;       // Of invoices less credit notes.
    std::int64_t rounding_micro = 0;  // Likewise: what rounding to the minor unit left out.
    std::map<std::string, std::int64_t> exact_micro_by_month;  // Net and rounding.
    std::map<std::string, std::int64_t> net_by_month;
    std::map<std::string, std::int64_t>
        income_by_month;  // Of accounts 4...; as a credit, positive.
    std::map<std::string, std::int64_t> base_by_account;
    std::map<Id, std::int64_t> gross_of;  // Of documents without an entry; zeros need none.
};

inline std::string month_of(const wire::Date& date) {
    return to_string(flatbuffers::UnPack(date)).substr(0, 7);
}

// An invoice counts once, a credit note less once.
template <class Document>
void add_document(LedgerSums& sums, const Document& document, Id id, std::int64_t sign) {
    const std::int64_t net = sign * flatbuffers::UnPack(*document.net()).minor();
    const std::int64_t rounding = sign * document.rounding_micro();
    const std::string month = month_of(*document.date());
    sums.net_minor += net;
    sums.rounding_micro += rounding;
    sums.net_by_month[month] += net;
    sums.exact_micro_by_month[month] += net * 10'000 + rounding;
    sums.gross_of[id] = sign * flatbuffers::UnPack(*document.gross()).minor();
}

inline void add_entry(LedgerSums& sums, const accounting::EntryPosted& entry) {
    std::int64_t receivable = 0;
    for (const accounting::EntryLine* line : *entry.lines()) {
        const std::string account = to_string(flatbuffers::UnPack(line->account()));
        sums.base_by_account[account] += line->base_minor();
        if (account == "1100") receivable += line->base_minor();
        if (account.starts_with("4")) {
            sums.income_by_month[month_of(*entry.accounting_date())] -= line->base_minor();
        }
    }
    const auto document = sums.gross_of.find(flatbuffers::UnPack(*entry.entry()));
    if (document == sums.gross_of.end() || document->second != receivable) return;
    ++sums.booked;
    sums.gross_of.erase(document);
}

inline LedgerSums sums_of(const Log& log) {
    LedgerSums sums;
    for_each_event(log, [&](EventBytes bytes) {
        const EventHeader& header = header_of(bytes);
        const auto payload = payload_of(bytes);
        if (header.module_() ==
            flatbuffers::ReadScalar<std::uint32_t>(sales::EventRecordIdentifier())) {
            const auto* record = flatbuffers::GetRoot<sales::EventRecord>(payload.data());
            if (const auto* invoice = record->event_as_InvoiceIssued()) {
                ++sums.invoices;
                add_document(sums, *invoice, flatbuffers::UnPack(*invoice->invoice()), 1);
            }
            if (const auto* note = record->event_as_CreditNoteIssued()) {
                ++sums.credit_notes;
                add_document(sums, *note, flatbuffers::UnPack(*note->credit_note()), -1);
            }
        }
        if (header.module_() ==
            flatbuffers::ReadScalar<std::uint32_t>(accounting::EventRecordIdentifier())) {
            const auto* record = flatbuffers::GetRoot<accounting::EventRecord>(payload.data());
            if (const auto* entry = record->event_as_EntryPosted()) add_entry(sums, *entry);
        }
    });
    return sums;
}

}  // namespace daybook::files
