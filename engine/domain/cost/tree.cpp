#include "engine/domain/cost/tree.hpp"

#include <memory>
#include <utility>

namespace daybook::cost {
namespace {

// The child in which a moment is, or would be.
std::size_t index_for(const Inner& inner, Moment moment) {
    const auto found = std::ranges::find_if(inner.slots, [&](const Slot& slot) {
        return slot.summary.last >= moment;
    });
    const auto index = static_cast<std::size_t>(found - inner.slots.begin());
    return std::min(index, inner.slots.size() - 1);
}

auto place_of(std::vector<Entry>& entries, Moment moment) {
    return std::ranges::lower_bound(entries, moment, {}, &Entry::moment);
}

void note_in(Summary& summary, const Note& note) {
    const bool first = summary.notes == 0;
    summary.first_note = first ? note.moment : std::min(summary.first_note, note.moment);
    summary.last_note = first ? note.moment : std::max(summary.last_note, note.moment);
    summary.noted += note.amount;
    ++summary.notes;
}

Summary summary_of(const Leaf& leaf) {
    Summary summary;
    for (const Entry& entry : leaf.entries) summary = combine(summary, summary_of(entry));
    for (const Note& note : leaf.notes) note_in(summary, note);
    return summary;
}

void sum_up(Slot& slot) {
    if (slot.leaf) {
        slot.summary = summary_of(*slot.leaf);
        return;
    }
    Summary summary;
    for (const Slot& child : slot.inner->slots) summary = combine(summary, child.summary);
    slot.summary = summary;
    slot.after = slot.inner->slots.back().after;
}

Slot slot_of_leaf() {
    Slot slot;
    slot.leaf = boost::intrusive_ptr<Leaf>{std::make_unique<Leaf>().release()};
    slot.after = Running::unknown();
    return slot;
}

Slot slot_of_inner() {
    Slot slot;
    slot.inner = boost::intrusive_ptr<Inner>{std::make_unique<Inner>().release()};
    slot.after = Running::unknown();
    return slot;
}

// The upper half of a full leaf, in a leaf of its own.
Slot split(Slot& slot) {
    Leaf& leaf = *slot.leaf;
    Slot right = slot_of_leaf();
    const auto middle = leaf.entries.begin() + leaf_entries_max / 2;
    right.leaf->entries.assign(middle, leaf.entries.end());
    const auto first_note =
        std::ranges::lower_bound(leaf.notes, middle->moment, {}, &Note::receipt);
    right.leaf->notes.assign(first_note, leaf.notes.end());
    leaf.notes.erase(first_note, leaf.notes.end());
    leaf.entries.erase(middle, leaf.entries.end());
    right.after = std::exchange(slot.after, Running::unknown());
    sum_up(right);
    return right;
}

void put(Leaf& leaf, const Entry& entry) {
    auto& entries = leaf.entries;
    if (entries.size() == entries.capacity()) {
        entries.reserve(std::clamp(entries.size() * 2, std::size_t{4}, leaf_entries_max));
    }
    entries.insert(place_of(entries, entry.moment), entry);
    DAYBOOK_ASSERT(entries.size() <= leaf_entries_max);
}

struct Insertion {
    const Entry& entry;
    const Running& after;
    bool is_last;  // Behind all movements of the tree.
};

// Answers the slot that now stands behind this one, if it had to be split.
std::optional<Slot> insert_into_leaf(Slot& slot, const Insertion& insertion) {
    const Entry& entry = insertion.entry;
    if (slot.summary.count == leaf_entries_max && entry.moment > slot.summary.last) {
        // Nothing is moved, so that what is only ever appended fills its leaves.
        Slot right = slot_of_leaf();
        put(*right.leaf, entry);
        sum_up(right);
        if (insertion.is_last) right.after = insertion.after;
        return right;
    }
    Leaf& leaf = own(slot.leaf);
    if (insertion.is_last) {
        put(leaf, entry);
        slot.summary = combine(slot.summary, summary_of(entry));
        slot.after = insertion.after;
        return std::nullopt;
    }
    std::optional<Slot> right;
    if (leaf.entries.size() == leaf_entries_max) right = split(slot);
    const bool goes_right = right && entry.moment > leaf.entries.back().moment;
    Slot& target = goes_right ? *right : slot;
    put(*target.leaf, entry);
    sum_up(slot);
    if (right) sum_up(*right);
    return right;
}

// Puts a new child behind the one at the index, splitting the node if it is full.
std::optional<Slot> add_child(Slot& slot, std::size_t index, Slot child) {
    auto& slots = slot.inner->slots;
    if (slots.size() < inner_slots_max) {
        slots.insert(slots.begin() + static_cast<std::ptrdiff_t>(index) + 1, std::move(child));
        return std::nullopt;
    }
    Slot right = slot_of_inner();
    auto& behind = right.inner->slots;
    const bool is_last = index + 1 == slots.size();
    const auto keep = static_cast<std::ptrdiff_t>(is_last ? slots.size() : slots.size() / 2);
    std::move(slots.begin() + keep, slots.end(), std::back_inserter(behind));
    slots.erase(slots.begin() + keep, slots.end());
    const bool goes_right = index >= slots.size() || is_last;
    auto& home = goes_right ? behind : slots;
    const std::size_t at = is_last ? 0 : (goes_right ? index - slots.size() : index) + 1;
    home.insert(home.begin() + static_cast<std::ptrdiff_t>(at), std::move(child));
    sum_up(right);
    return right;
}

std::optional<Slot> insert_into(Slot& slot, const Insertion& insertion) {
    if (slot.leaf) return insert_into_leaf(slot, insertion);
    Inner& inner = own(slot.inner);
    const std::size_t index = index_for(inner, insertion.entry.moment);
    auto new_child = insert_into(inner.slots[index], insertion);
    std::optional<Slot> right;
    if (new_child) right = add_child(slot, index, std::move(*new_child));
    if (insertion.is_last && !right) {
        slot.summary = combine(slot.summary, summary_of(insertion.entry));
        slot.after = insertion.after;
    } else {
        sum_up(slot);
    }
    return right;
}

// Changes the leaf in which the moment is, and the sums above it.
template <class Change>
void change_leaf(Slot& slot, Moment moment, const Change& change) {
    if (slot.leaf) {
        change(own(slot.leaf));
    } else {
        Inner& inner = own(slot.inner);
        change_leaf(inner.slots[index_for(inner, moment)], moment, change);
    }
    sum_up(slot);
}

const Leaf* leaf_with(const Slot& root, Moment moment) {
    const Slot* slot = &root;
    while (slot->inner) slot = &slot->inner->slots[index_for(*slot->inner, moment)];
    return slot->leaf.get();
}

// The notes of all revaluations, in order.
std::vector<Note> notes_of(std::span<const Entry> entries) {
    std::vector<Note> notes;
    for (const Entry& entry : entries) {
        if (entry.kind != Kind::revaluation || entry.receipt().is_none()) continue;
        notes.push_back({entry.receipt(), entry.moment, entry.value});
    }
    std::ranges::sort(notes);
    return notes;
}

std::vector<Slot> leaves_of(std::span<const Entry> entries) {
    const std::vector<Note> notes = notes_of(entries);
    auto note = notes.begin();
    std::vector<Slot> leaves;
    for (std::size_t at = 0; at < entries.size(); at += leaf_entries_max) {
        const auto part = entries.subspan(at, std::min(leaf_entries_max, entries.size() - at));
        Slot slot = slot_of_leaf();
        slot.leaf->entries.assign(part.begin(), part.end());
        const auto end = std::find_if(note, notes.end(), [&](const Note& candidate) {
            return candidate.receipt > part.back().moment;
        });
        slot.leaf->notes.assign(note, end);
        note = end;
        sum_up(slot);
        leaves.push_back(std::move(slot));
    }
    DAYBOOK_ASSERT(note == notes.end());
    return leaves;
}

const Entry* last_receipt_in(const Slot& slot, Moment through) {
    if (slot.summary.receipt_reasons == 0) return nullptr;
    if (slot.leaf) {
        const auto& entries = slot.leaf->entries;
        for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
            if (entry->kind == Kind::receipt && entry->moment <= through) return &*entry;
        }
        return nullptr;
    }
    const auto& slots = slot.inner->slots;
    for (std::size_t index = index_for(*slot.inner, through) + 1; index > 0; --index) {
        const Entry* found = last_receipt_in(slots[index - 1], through);
        if (found != nullptr) return found;
    }
    return nullptr;
}

}  // namespace

void intrusive_ptr_release(Leaf* leaf) {
    DAYBOOK_ASSERT(leaf->holders > 0);
    if (--leaf->holders == 0) std::unique_ptr<Leaf>{leaf}.reset();
}
void intrusive_ptr_release(Inner* inner) {
    DAYBOOK_ASSERT(inner->holders > 0);
    if (--inner->holders == 0) std::unique_ptr<Inner>{inner}.reset();
}

Leaf& own(boost::intrusive_ptr<Leaf>& leaf) {
    if (leaf->holders > 1) {
        auto copy = std::make_unique<Leaf>();
        copy->entries.reserve(std::min(leaf->entries.size() + 4, leaf_entries_max));
        copy->entries.assign(leaf->entries.begin(), leaf->entries.end());
        copy->notes = leaf->notes;
        leaf = boost::intrusive_ptr<Leaf>{copy.release()};
    }
    return *leaf;
}
Inner& own(boost::intrusive_ptr<Inner>& inner) {
    if (inner->holders > 1) {
        auto copy = std::make_unique<Inner>();
        copy->slots = inner->slots;
        inner = boost::intrusive_ptr<Inner>{copy.release()};
    }
    return *inner;
}

std::span<const Note> Leaf::notes_of(Moment receipt) const {
    return {
        std::ranges::lower_bound(notes, receipt, {}, &Note::receipt),
        std::ranges::upper_bound(notes, receipt, {}, &Note::receipt)};
}
std::int64_t Leaf::noted(Moment receipt, Moment through) const {
    if (notes.empty()) return 0;
    std::int64_t amount = 0;
    for (const Note& note : notes_of(receipt)) {
        if (note.moment <= through) amount += note.amount;
    }
    return amount;
}

Summary summary_of(const Entry& entry) {
    Summary summary{.last = entry.moment, .count = 1, .linked = entry.is_linked ? 1U : 0U};
    switch (entry.kind) {
        case Kind::receipt:
            summary.received = entry.quantity;
            summary.received_value = entry.value;
            summary.receipt_reasons = entry.reason_bit();
            break;
        case Kind::issue:
            summary.issued = entry.quantity;
            summary.step_reasons = entry.reason_bit();
            break;
        case Kind::revaluation:
            summary.revalued = entry.value;
            summary.lost = entry.receipt().is_none() ? entry.value : 0;
            summary.step_reasons = entry.reason_bit();
            summary.revaluations = 1;
            break;
        case Kind::new_standard:
            summary.step_reasons = entry.reason_bit();
            summary.new_standards = 1;
            break;
        case Kind::none: DAYBOOK_ASSERT(entry.kind != Kind::none);
    }
    summary.lowest = summary.on_hand();
    return summary;
}

Summary combine(const Summary& a, const Summary& b) {
    if (a.count == 0) return b;
    if (b.count == 0) return a;
    Summary both{
        .last = b.last,
        .count = a.count + b.count,
        .received = a.received + b.received,
        .received_value = a.received_value + b.received_value,
        .issued = a.issued + b.issued,
        .revalued = a.revalued + b.revalued,
        .lost = a.lost + b.lost,
        .lowest = std::min(a.lowest, a.on_hand() + b.lowest),
        .receipt_reasons = a.receipt_reasons | b.receipt_reasons,
        .step_reasons = a.step_reasons | b.step_reasons,
        .linked = a.linked + b.linked,
        .revaluations = a.revaluations + b.revaluations,
        .new_standards = a.new_standards + b.new_standards,
        .notes = a.notes + b.notes,
        .noted = a.noted + b.noted,
    };
    if (a.notes == 0 || b.notes == 0) {
        const Summary& only = a.notes == 0 ? b : a;
        both.first_note = only.first_note;
        both.last_note = only.last_note;
    } else {
        both.first_note = std::min(a.first_note, b.first_note);
        both.last_note = std::max(a.last_note, b.last_note);
    }
    return both;
}

void insert(Slot& root, const Entry& entry, const Running& after) {
    if (!root.leaf && !root.inner) root = slot_of_leaf();
    const bool is_last = root.summary.count == 0 || entry.moment > root.summary.last;
    const std::uint64_t count = root.summary.count;
    auto right = insert_into(root, {.entry = entry, .after = after, .is_last = is_last});
    if (right) {
        Slot top = slot_of_inner();
        top.inner->slots.push_back(std::move(root));
        top.inner->slots.push_back(std::move(*right));
        sum_up(top);
        root = std::move(top);
    }
    DAYBOOK_ASSERT(root.summary.count == count + 1);
}

void add_note(Slot& root, const Note& note) {
    change_leaf(root, note.receipt, [&](Leaf& leaf) {
        leaf.notes.insert(std::ranges::upper_bound(leaf.notes, note), note);
    });
}

void replace(Slot& root, const Entry& entry) {
    change_leaf(root, entry.moment, [&](Leaf& leaf) {
        const auto place = place_of(leaf.entries, entry.moment);
        DAYBOOK_ASSERT(place != leaf.entries.end());
        DAYBOOK_ASSERT(place->moment == entry.moment);
        DAYBOOK_ASSERT(place->quantity == entry.quantity);
        *place = entry;
    });
}

Slot build(std::span<const Entry> entries) {
    std::vector<Slot> level = leaves_of(entries);
    if (level.empty()) return {};
    while (level.size() > 1) {
        std::vector<Slot> above;
        for (std::size_t at = 0; at < level.size(); ++at) {
            if (at % inner_slots_max == 0) above.push_back(slot_of_inner());
            above.back().inner->slots.push_back(std::move(level[at]));
        }
        for (Slot& slot : above) sum_up(slot);
        level = std::move(above);
    }
    return std::move(level.front());
}

const Entry* find(const Slot& root, Moment moment) {
    const Leaf* leaf = leaf_with(root, moment);
    if (leaf == nullptr) return nullptr;
    const auto found = std::ranges::lower_bound(leaf->entries, moment, {}, &Entry::moment);
    return found != leaf->entries.end() && found->moment == moment ? &*found : nullptr;
}

const Entry* last_receipt(const Slot& root, Moment through) {
    return root.summary.count == 0 ? nullptr : last_receipt_in(root, through);
}

std::int64_t noted_through(const Slot& root, Moment receipt, Moment through) {
    const Leaf* leaf = leaf_with(root, receipt);
    return leaf == nullptr ? 0 : leaf->noted(receipt, through);
}

}  // namespace daybook::cost
