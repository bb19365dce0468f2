// What one decision puts into the books: entries, and what they settle. The state does not change
// while a decision is made, so a Posting remembers the numbers it gave and the items it touched.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "engine/domain/accounting/rules.hpp"

namespace daybook::accounting {

struct DraftLine {
    Id account;
    Id party;
    Money amount;  // A debit is positive.
    std::int64_t base_minor = 0;
};

// An entry in the making: all but its year, number, accounting date and the parts of its items.
struct EntryDraft {
    EntryPostedT event;
    bool keeps_date = false;     // Refused in a closed period, instead of moved to an open day.
    bool settles_items = false;  // Its lines on control accounts open no items.
    Date not_before;             // The first day on which it may be accounted for, or none.

    // Answers the line's index.
    std::uint16_t add(const DraftLine& line);
    // The line opens an item. A control line without one opens an item of the entry itself.
    void open_item(std::uint16_t line, const Id& document, Date due);
};

// Items set against each other; amounts have the items' signs. Base amounts are worked out.
struct AllocationDraft {
    Id allocation;
    Date date;  // Counts from the first open day on which all its items are open.
    std::vector<SettledPart> parts;
    bool is_final = false;
};

class Posting {
 public:
    explicit Posting(const Books& state) : state_(state) {}

    template <class Event>
    void record(Event&& event) {
        decision_.add(std::forward<Event>(event));
    }
    // Each is refused, or empty: then its events are among the decision's.
    [[nodiscard]] Decision post(EntryDraft draft);
    [[nodiscard]] Decision allocate(AllocationDraft draft);
    [[nodiscard]] Decision undo(const Id& allocation, Date date, std::string_view reason);

    // Whether the parts exist, belong together and are open, whatever they come to.
    [[nodiscard]] Decision check_asked(const AllocationDraft& draft) const;
    // Null if there is no such item; what this decision did to it included.
    [[nodiscard]] const OpenItem* find_item(const ItemKey& key) const;
    // The items that the last post opened, in the order of their lines.
    [[nodiscard]] std::span<const ItemKey> opened_items() const { return opened_; }
    [[nodiscard]] const Books& state() const { return state_; }
    [[nodiscard]] Decision take() { return std::move(decision_); }

 private:
    [[nodiscard]] Decision check_lines(const EntryDraft& draft) const;
    [[nodiscard]] Decision check_line(const EntryDraft& draft, std::size_t index) const;
    [[nodiscard]] Decision balance(EntryDraft& draft) const;
    [[nodiscard]] Decision round(EntryDraft& draft, std::int64_t difference) const;
    [[nodiscard]] Decision convert_currencies(EntryDraft& draft) const;
    [[nodiscard]] Decision complete_items(EntryDraft& draft);
    [[nodiscard]] Checked<ItemKey> new_item(const Id& document, std::uint16_t after) const;
    [[nodiscard]] Decision check_part(const AllocationDraft& draft, std::size_t index) const;
    [[nodiscard]] Decision check_parts(const AllocationDraft& draft) const;
    [[nodiscard]] Decision post_difference(
        const AllocationDraft& draft, const AllocationMadeT& made
    );
    // What tax on cash basis the parts' documents owe more, or less, now that they are settled so
    // far.
    struct ReleaseOrder {
        Id cause;  // The allocation, or its undoing.
        Date date;
        Date not_before;
    };
    [[nodiscard]] Decision release_taxes(
        std::span<const SettledPart> parts, const ReleaseOrder& order
    );
    [[nodiscard]] Decision release_document(const Id& document, const ReleaseOrder& order);
    [[nodiscard]] std::vector<Deferral> deferrals_of(const Id& document) const;

    const Books& state_;
    Decision decision_;
    std::map<JournalYear, std::uint32_t> numbers_;
    std::map<ItemKey, OpenItem> items_;
    std::map<Id, std::vector<Deferral>> deferrals_;
    std::vector<ItemKey> opened_;
    std::uint64_t letterings_ = 0;
};

// What a part of an open item is carried at. The last part takes all that is left, so an item that
// is settled leaves nothing behind.
[[nodiscard]] std::int64_t carrying_share(const OpenItem& item, Money part);
// What a command asks of an item: with the item's sign, and all that is open if it names no amount.
[[nodiscard]] Checked<SettledPart> asked_part(
    const Posting& posting, const ItemAmount& asked, std::size_t index
);
// Adds, for each control account of the parts, a line with the opposite of what they come to there.
// Their base amounts come to `base_minor`.
[[nodiscard]] Decision add_opposites(
    EntryDraft& draft,
    const Posting& posting,
    std::span<const SettledPart> parts,
    std::int64_t base_minor
);

// Adds a line for each amount on the account of the party, each to be settled by its day. Their
// base amounts come to `base_minor`, the last one taking what rounding leaves.
struct DueAmount {
    Date due;
    Money amount;  // Signed as the line.
};
void add_due_lines(EntryDraft& draft, const DraftLine& side, std::span<const DueAmount> amounts);

// A kept entry with every amount turned round, to be completed and posted.
[[nodiscard]] EntryDraft reversed(const Books& state, const Id& entry);
// The items that a kept entry opened, in the order of its lines.
[[nodiscard]] std::vector<ItemKey> items_of(const Books& state, const Id& entry);

struct ReversalOrder {
    Id entry;
    Id reversal;
    Date date;
    std::string reason;
};
// Posts the reversal and settles what the entry opened, which must be wholly open, against it.
[[nodiscard]] Decision post_reversal(
    Posting& posting, const Books& state, const ReversalOrder& order
);
// The bank takes the money of a reversed payment back, if it had reached the bank.
[[nodiscard]] Decision post_returned(
    Posting& posting, const Id& payment, const ReversalOrder& order
);

// A tax of a document on one side: its line, and its tag, or what is deferred until it is paid.
struct TaxLine {
    Id tax_code;
    Rate rate;
    TaxSide side = TaxSide::none;
    Money tax;  // Signed as the line is.
    std::int64_t tax_base_minor = 0;
    std::int64_t base_minor = 0;  // Of the taxed amount; positive in the side's direction.
    std::uint16_t net_line = 0;   // Where a tag without tax belongs.
};
[[nodiscard]] Decision add_tax_line(const Books& state, EntryDraft& draft, const TaxLine& line);
// What the entry of a document defers.
[[nodiscard]] std::vector<Deferral> deferrals_in(const EntryPostedT& entry);
// What an entry that has been posted deferred or released.
void note_deferred(Books& state, const EntryPosted& event);
// What it changed of balances in other currencies than the book's.
void note_foreign(Books& state, const EntryPosted& event);

}  // namespace daybook::accounting
