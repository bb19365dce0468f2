// How a pool forgets a closed time, and how it is saved and loaded.
#include <algorithm>
#include <memory>
#include <utility>

#include "engine/domain/cost/cost_pool.hpp"
#include "engine/domain/cost/meter.hpp"

namespace daybook::cost {
namespace {

// What of a pool is left at the end of a closed time.
class Remains {
 public:
    Remains(const CostPool& pool, Date through)
        : pool_(pool), meter_(pool), opening_(std::make_unique<Opening>()) {
        opening_->through = through;
        meter_.pass_before(opening_->end().next());
        // On hand, the layers bring the value in again; while short, the unit cost is what counts.
        const bool is_short_average = pool.method() == Method::average && meter_.on_hand() <= 0;
        if (pool.method() == Method::standard || is_short_average) {
            opening_->running = meter_.running();
            opening_->running.value = 0;
        }
    }

    [[nodiscard]] std::unique_ptr<Opening> take_opening() { return std::move(opening_); }

    // In order: the receipts left, what is missing as one issue, and everything later.
    [[nodiscard]] std::vector<Entry> entries() {
        if (meter_.on_hand() > 0) {
            add_layers();
        } else {
            add_shortage();
        }
        const std::size_t early = entries_.size();
        while (const Entry* entry = meter_.next()) {
            entries_.push_back(*entry);
            meter_.pass();
        }
        for (Entry& entry : std::span{entries_}.subspan(early)) forget_receipt(entry, early);
        return std::move(entries_);
    }

 private:
    void add_layers() {
        for (const CurvePoint& point : meter_.open_receipts(meter_.on_hand())) {
            Entry entry = *point.receipt;
            entry.quantity -= point.gone;
            entry.value = meter_.left_value(point);
            entries_.push_back(entry);
            remember(point);
        }
        if (pool_.method() == Method::fifo) return add_last_receipt();
        std::int64_t part = 0;
        std::int64_t given = 0;
        for (Entry& entry : entries_) {
            part += entry.quantity;
            entry.value = value_of(part) - given;
            given += entry.value;
        }
    }
    // What the first units on hand are worth together, by average or standard.
    [[nodiscard]] std::int64_t value_of(std::int64_t part) {
        if (pool_.method() == Method::average) {
            return share_of(meter_.value(), part, meter_.on_hand());
        }
        const Running& running = meter_.running();
        return scaled(running.unit_value, part, running.unit_quantity);
    }

    // It tells the unit cost of short stock, also when nothing is left of it.
    void add_last_receipt() {
        const Entry* last = last_receipt(pool_.movements(), opening_->end());
        if (last == nullptr) return;
        if (!entries_.empty() && entries_.back().moment == last->moment) return;
        const std::int64_t noted = noted_through(pool_.movements(), last->moment, opening_->end());
        remember({.receipt = last, .gone = last->quantity, .noted = noted});
        Entry entry = *last;
        entry.quantity = 0;
        entry.value = 0;
        entries_.push_back(entry);
    }

    void add_shortage() {
        if (pool_.method() == Method::fifo) add_last_receipt();
        if (meter_.on_hand() == 0) return;
        entries_.push_back(Entry{
            .moment = opening_->shortage(),
            .quantity = -meter_.on_hand(),
            .kind = Kind::issue,
        });
        std::ranges::sort(entries_, {}, &Entry::moment);
    }

    // Keeps the original figures of a receipt of which a part has gone.
    void remember(const CurvePoint& point) {
        const Opening* old = pool_.opening();
        const OpenLayer* open = old == nullptr ? nullptr : old->find(point.receipt->moment);
        if (open == nullptr && point.gone == 0) return;
        OpenLayer layer{
            .receipt = point.receipt->moment,
            .quantity = point.receipt->quantity,
            .value = point.receipt->value,
        };
        if (open != nullptr) layer = *open;
        layer.gone += point.gone;
        layer.value += point.noted;
        opening_->layers.push_back(layer);
    }

    // A revaluation of goods that are all gone is an expense and nothing else.
    void forget_receipt(Entry& entry, std::size_t early) const {
        if (entry.kind != Kind::revaluation || entry.receipt() > opening_->end()) return;
        const auto kept = std::span{entries_}.first(early);
        const auto found = std::ranges::lower_bound(kept, entry.receipt(), {}, &Entry::moment);
        if (found == kept.end() || found->moment != entry.receipt()) entry.quantity = 0;
    }

    const CostPool& pool_;
    Meter meter_;
    std::unique_ptr<Opening> opening_;
    std::vector<Entry> entries_;
};

bool is_sound(const Entry& entry, Method method) {
    const bool moves = entry.kind == Kind::receipt || entry.kind == Kind::issue;
    if (moves && (entry.quantity < 0 || entry.quantity > movement_quantity_max.milli())) {
        return false;
    }
    if (entry.kind == Kind::revaluation && entry.receipt() >= entry.moment) return false;
    if (entry.kind == Kind::new_standard && method != Method::standard) return false;
    if (entry.kind == Kind::receipt && entry.detail() > Moment::from_bits(~0ULL).bits() >> 42) {
        return false;
    }
    return entry.kind > Kind::none && entry.kind <= Kind::new_standard &&
           entry.reason <= reason_max && entry.value >= -pool_value_max &&
           entry.value <= pool_value_max;
}

// Whether a pool can have had these movements: in order, within all limits, and every revaluation
// of a receipt that is there.
bool are_sound(std::span<const Entry> entries, Method method) {
    Moment last;
    std::int64_t received = 0;
    std::int64_t issued = 0;
    std::int64_t weight = 0;
    for (const Entry& entry : entries) {
        if (!is_sound(entry, method) || entry.moment <= last) return false;
        last = entry.moment;
        if (entry.kind == Kind::receipt) received += entry.quantity;
        if (entry.kind == Kind::issue) issued += entry.quantity;
        if (std::max(received, issued) > pool_quantity_max.milli()) return false;
        weight += entry.value < 0 ? -entry.value : entry.value;
        if (weight > 2 * pool_value_max) return false;
        if (entry.kind != Kind::revaluation || entry.receipt().is_none()) continue;
        const auto found = std::ranges::lower_bound(entries, entry.receipt(), {}, &Entry::moment);
        if (found == entries.end() || found->moment != entry.receipt()) return false;
        if (found->kind != Kind::receipt) return false;
    }
    return true;
}

bool is_within(std::int64_t value) {
    return value >= -2 * pool_value_max && value <= 2 * pool_value_max;
}

// What is short, beside the one issue that all of it left by.
bool is_sound(const std::vector<IssueAhead>& ahead, const Entry& shortage) {
    std::int64_t quantity = 0;
    Moment last;
    for (const IssueAhead& one : ahead) {
        if (one.issue <= last || one.issue.day() > shortage.moment.day()) return false;
        last = one.issue;
        if (one.quantity <= 0 || one.quantity > shortage.quantity) return false;
        if (one.reason > reason_max || !is_within(one.assumed)) return false;
        quantity += one.quantity;
        if (quantity > shortage.quantity) return false;
    }
    return quantity == shortage.quantity;
}

bool is_sound(const Opening& opening, std::span<const Entry> entries) {
    if (opening.through < date_min || opening.through > date_max) return false;
    const Running& running = opening.running;
    if (!running.is_known() || !is_within(running.unit_value) || running.value != 0) return false;
    Moment last;
    for (const OpenLayer& open : opening.layers) {
        if (open.receipt <= last || open.receipt > opening.end()) return false;
        last = open.receipt;
        if (open.quantity <= 0 || open.gone < 0 || open.gone > open.quantity) return false;
        if (!is_within(open.value)) return false;
        const auto found = std::ranges::lower_bound(entries, open.receipt, {}, &Entry::moment);
        if (found == entries.end() || found->moment != open.receipt) return false;
        if (found->quantity != open.quantity - open.gone) return false;
    }
    if (opening.ahead.empty()) return true;
    const auto shortage = std::ranges::lower_bound(entries, opening.shortage(), {}, &Entry::moment);
    return shortage != entries.end() && shortage->moment == opening.shortage() &&
           is_sound(opening.ahead, *shortage);
}

}  // namespace

void CostPool::compact(Date through, std::vector<IssueAhead> ahead) {
    DAYBOOK_ASSERT(through >= date_min && through <= date_max);
    DAYBOOK_ASSERT(!opening_ || through >= opening_->through);
    Remains remains{*this, through};
    const std::vector<Entry> entries = remains.entries();
    auto opening = remains.take_opening();
    opening->ahead = std::move(ahead);
    opening_ = boost::intrusive_ptr<Opening>{opening.release()};
    rebuild(entries);
}

void CostPool::save(Packer& packer) const {
    packer.put(method_);
    packer.put(currency_);
    packer.put(opening_ != nullptr);
    if (opening_) {
        packer.put(opening_->through);
        packer.put(opening_->running);
        packer.put(static_cast<std::uint32_t>(opening_->layers.size()));
        for (const OpenLayer& open : opening_->layers) {
            packer.put(open.receipt.bits());
            packer.put(open.quantity);
            packer.put(open.gone);
            packer.put(open.value);
        }
        packer.put(static_cast<std::uint32_t>(opening_->ahead.size()));
        for (const IssueAhead& one : opening_->ahead) {
            packer.put(one.issue.bits());
            packer.put(one.reason);
            packer.put(one.quantity);
            packer.put(one.assumed);
        }
    }
    packer.put(root_.summary.count);
    Cursor cursor{root_};
    cursor.pass(
        [](const Slot&) { return false; },
        [&](const Entry& entry) {
            packer.put(entry.moment.bits());
            packer.put(entry.quantity);
            packer.put(entry.value);
            packer.put(entry.detail());
            packer.put(entry.reason);
            packer.put(entry.kind);
            packer.put(entry.is_linked);
            return true;
        }
    );
}

void CostPool::load(Unpacker& unpacker) {
    *this = CostPool{};
    const auto method = unpacker.next<Method>();
    const auto currency = unpacker.next<Currency>();
    auto opening = unpacker.next<bool>() ? std::make_unique<Opening>() : nullptr;
    if (opening) {
        opening->through = unpacker.next<Date>();
        unpacker.get(opening->running);
        for (auto left = unpacker.next<std::uint32_t>(); left > 0 && unpacker.is_whole(); --left) {
            OpenLayer& open = opening->layers.emplace_back();
            open.receipt = Moment::from_bits(unpacker.next<std::uint64_t>());
            unpacker.get(open.quantity);
            unpacker.get(open.gone);
            unpacker.get(open.value);
        }
        for (auto left = unpacker.next<std::uint32_t>(); left > 0 && unpacker.is_whole(); --left) {
            IssueAhead& one = opening->ahead.emplace_back();
            one.issue = Moment::from_bits(unpacker.next<std::uint64_t>());
            unpacker.get(one.reason);
            unpacker.get(one.quantity);
            unpacker.get(one.assumed);
        }
    }
    std::vector<Entry> entries;
    for (auto left = unpacker.next<std::uint64_t>(); left > 0 && unpacker.is_whole(); --left) {
        Entry& entry = entries.emplace_back();
        entry.moment = Moment::from_bits(unpacker.next<std::uint64_t>());
        unpacker.get(entry.quantity);
        unpacker.get(entry.value);
        entry.set_detail(unpacker.next<std::uint64_t>() & detail_max);
        unpacker.get(entry.reason);
        entry.kind = unpacker.next<Kind>();
        entry.is_linked = unpacker.next<bool>();
    }
    const bool is_sound_opening = !opening || is_sound(*opening, entries);
    if (method > Method::standard || !is_sound_opening || !are_sound(entries, method) ||
        (method == Method::none && !entries.empty())) {
        unpacker.fail();
        return;
    }
    method_ = method;
    currency_ = currency;
    if (opening) opening_ = boost::intrusive_ptr<Opening>{opening.release()};
    rebuild(entries);
}

}  // namespace daybook::cost
