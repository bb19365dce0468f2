// Taking an import back: a plan of the commands that reverse what it wrote, shown before anything
// is sent. Nothing is deleted: orders are cancelled, invoices credited, credit notes invoiced
// again, entries and movements reversed, deliveries taken back, receipts sent back and their orders
// closed, deals and leads retracted, parties and items made inactive. What cannot be taken back is
// counted by name.
//
// The plan is sent as one batch, the newest fact first: all of it is stored or nothing. The batch's
// id comes from the import, so that undoing twice is undoing once.
#pragma once

#include <cstdint>
#include <map>
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
    bool is_posted = false;  // Whether a step counts on a day that the books must have.
    // The batch that took the import back before; without events: none did.
    std::uint32_t undone_events = 0;
    std::uint64_t undone_position = 0;  // Of its first event.
};

struct UndoOptions {
    Id actor;
    Date date;          // Of the reversals; none: today.
    Date posting_date;  // Without a date: of those that are posted, where the books lack today.
    std::string reason = "import undone";
    std::span<const DomainModule> modules = domain_modules();  // Borrowed.
};

// The id of the batch that takes an import back.
[[nodiscard]] Id undo_id(const Id& import);
// not_found if no event carries this import.
[[nodiscard]] Result<UndoPlan> plan_undo(
    const Log& log, const Id& import, const UndoOptions& options
);
// The plan's commands, to be submitted as one batch. Never empty: `not_found` if nothing of the
// import can be taken back.
[[nodiscard]] Result<std::vector<CommandMessage>> undo_batch(
    const UndoPlan& plan, const UndoOptions& options
);

}  // namespace daybook::files
