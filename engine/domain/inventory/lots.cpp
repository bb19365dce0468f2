// Lots and serial numbers: registered when they are known, held back and let go again.

#include "engine/domain/inventory/lots.hpp"

#include <fmt/format.h>

#include "engine/domain/inventory/policies.hpp"
#include "engine/domain/inventory/rules.hpp"

namespace daybook::inventory {
namespace {

// The lot of an item that is tracked, which must be known already.
Judged<const Lot*> known_lot(const Stock& state, const Id& item, const Id& lot) {
    if (auto tracked = tracked_item(state, item); !tracked.ok()) return tracked.refused();
    const Lot* found = state.lots.find({item, lot});
    if (found == nullptr) {
        return no(Refusal::lot_unknown, "lot", to_string(lot), "a lot of this item");
    }
    return found;
}

void move_quarantine(Stock& state, const LotKey& key, int sign) {
    for (auto it = state.places.from({key.item, key.lot, {}}); it != state.places.end(); ++it) {
        if (it->first.item != key.item || it->first.lot != key.lot) break;
        const QuantityCurve* curve = state.quantities.find(it->second);
        DAYBOOK_ASSERT(curve != nullptr);
        for (Id at = it->first.location; !at.is_none(); at = state.locations.find(at)->parent) {
            state.held.at({key.item, at, {}}).quarantined += sign * curve->total();
        }
    }
}

}  // namespace

Judged<const Item*> known_item(const Stock& state, const Id& item, std::string at) {
    const Item* found = state.items.find(item);
    if (found == nullptr) {
        return no(
            Refusal::item_unknown, std::move(at), to_string(item), "an item that was defined"
        );
    }
    return found;
}

Judged<const Item*> tracked_item(const Stock& state, const Id& item) {
    auto found = known_item(state, item, "item");
    if (!found.ok()) return found;
    if (found.value()->tracking == Tracking::none) {
        return no(
            Refusal::lot_not_tracked, "item", to_string(item), "an item tracked by lot or serial"
        );
    }
    return found;
}

Decision decide(const Stock& state, const RegisterLot& command) {
    const Id item = read(command.item());
    const Id lot = read(command.lot());
    if (auto tracked = tracked_item(state, item); !tracked.ok()) return tracked.refused();
    if (lot.is_none()) return no(Refusal::lot_missing, "lot", "none", "the lot's name");
    if (state.lots.contains({item, lot})) {
        return no(Refusal::lot_exists, "lot", to_string(lot), "a lot new to this item");
    }

    LotRegisteredT event;
    event.item = item;
    event.lot = lot;
    event.expiry = read_or_none(command.expiry());
    event.supplier_lot = copy(command.supplier_lot());
    return event;
}

Decision decide(const Stock& state, const QuarantineLot& command, const Context& context) {
    const Id lot = read(command.lot());
    const auto found = known_lot(state, read(command.item()), lot);
    if (!found.ok()) return found.refused();
    if (found.value()->is_quarantined) {
        return no(Refusal::lot_quarantined, "lot", to_string(lot), "a lot not in quarantine");
    }
    if (text(command.reason()).empty()) {
        return no(Refusal::text_missing, "reason", "none", "why it is held back");
    }

    LotQuarantinedT event;
    event.item = read(command.item());
    event.lot = lot;
    event.date = date_or_today(command.date(), context);
    event.reason = copy(command.reason());
    return event;
}

Decision decide(const Stock& state, const ReleaseLot& command, const Context& context) {
    const Id lot = read(command.lot());
    const auto found = known_lot(state, read(command.item()), lot);
    if (!found.ok()) return found.refused();
    if (!found.value()->is_quarantined) {
        return no(Refusal::lot_not_quarantined, "lot", to_string(lot), "a lot in quarantine");
    }

    LotReleasedT event;
    event.item = read(command.item());
    event.lot = lot;
    event.date = date_or_today(command.date(), context);
    event.reason = copy(command.reason());
    return event;
}

void apply(Stock& state, const LotRegistered& event) {
    const LotKey key{read(event.item()), read(event.lot())};
    DAYBOOK_ASSERT(!state.lots.contains(key));
    state.lots.at(key).expiry = read_or_none(event.expiry());
}

void apply(Stock& state, const LotQuarantined& event) {
    const LotKey key{read(event.item()), read(event.lot())};
    Lot& lot = state.lots.at(key);
    DAYBOOK_ASSERT(!lot.is_quarantined);
    lot.is_quarantined = true;
    move_quarantine(state, key, 1);
}

void apply(Stock& state, const LotReleased& event) {
    const LotKey key{read(event.item()), read(event.lot())};
    Lot& lot = state.lots.at(key);
    DAYBOOK_ASSERT(lot.is_quarantined);
    lot.is_quarantined = false;
    move_quarantine(state, key, -1);
}

}  // namespace daybook::inventory
