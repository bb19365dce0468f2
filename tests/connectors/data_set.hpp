// Real data for tests: where it is, which mapping reads it, and what the log says of it afterwards.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
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
    std::int64_t net_minor = 0;       // Of invoices less credit notes.
    std::int64_t rounding_micro = 0;  // Likewise: what rounding to the minor unit left out.
    std::map<std::string, std::int64_t> net_by_month;
    std::map<std::string, std::int64_t> base_by_account;
};

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
                const std::int64_t net = flatbuffers::UnPack(*invoice->net()).minor();
                sums.net_minor += net;
                sums.rounding_micro += invoice->rounding_micro();
                sums.net_by_month[to_string(flatbuffers::UnPack(*invoice->date())).substr(0, 7)] +=
                    net;
            }
            if (const auto* note = record->event_as_CreditNoteIssued()) {
                ++sums.credit_notes;
                const std::int64_t net = flatbuffers::UnPack(*note->net()).minor();
                sums.net_minor -= net;
                sums.rounding_micro -= note->rounding_micro();
                sums.net_by_month[to_string(flatbuffers::UnPack(*note->date())).substr(0, 7)] -=
                    net;
            }
        }
        if (header.module_() ==
            flatbuffers::ReadScalar<std::uint32_t>(accounting::EventRecordIdentifier())) {
            const auto* record = flatbuffers::GetRoot<accounting::EventRecord>(payload.data());
            const auto* entry = record->event_as_EntryPosted();
            if (entry == nullptr) return;
            for (const accounting::EntryLine* line : *entry->lines()) {
                const std::string account = to_string(flatbuffers::UnPack(line->account()));
                sums.base_by_account[account] += line->base_minor();
            }
        }
    });
    return sums;
}

}  // namespace daybook::files
