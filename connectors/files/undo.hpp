// Taking an import back: a plan of the commands that reverse what it wrote, shown before anything
// is sent. Nothing is deleted: invoices are credited, credit notes invoiced again, entries
// reversed, open deals lost, parties and items made inactive. What cannot be taken back is counted
// by name.
//
// The plan is sent command by command, the newest fact first: a batch of the engine is one fact and
// has at most 10,000 events. Each command's id comes from the import and the event, so a plan that
// broke off is sent again to its end.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "connectors/files/importer.hpp"
#include "engine/base/result.hpp"
#include "engine/log/log.hpp"

namespace daybook::files {

struct UndoStep {
    std::uint64_t position = 0;  // Of the event that it takes back.
    std::string event;           // "sales.InvoiceIssued"
    std::string command;         // "sales.IssueCreditNote"
    std::string body;            // As JSON.
};

struct UndoPlan {
    Id import;
    std::uint64_t events = 0;                        // Of the import.
    std::vector<UndoStep> steps;                     // In the order in which they are sent.
    std::map<std::string, std::uint64_t> reversals;  // Steps by command.
    std::map<std::string, std::uint64_t> stays;      // Events that nothing takes back, by name.
};

struct UndoOptions {
    Id actor;
    Date date;  // Of the reversals; none: today.
    std::string reason = "import undone";
    std::span<const DomainModule> modules = domain_modules();  // Borrowed.
    std::size_t in_flight_max = 1'024;
    std::function<bool()> stop;
    std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

struct UndoSummary {
    std::uint64_t accepted = 0;
    std::uint64_t repeated = 0;        // Accepted when the plan was sent before.
    std::vector<std::string> refused;  // "INV-7: sales.more_than_invoiced, ...": the first of them,
    std::uint64_t refused_count = 0;   // and all.
    bool is_stopped = false;
    std::optional<Error> failure;
};

// not_found if no event carries this import.
[[nodiscard]] Result<UndoPlan> plan_undo(
    const Log& log, const Id& import, const UndoOptions& options
);
[[nodiscard]] Result<UndoSummary> run_undo(
    const UndoPlan& plan, const Submit& submit, const UndoOptions& options
);

}  // namespace daybook::files
