// Every rule of the module by name: what each file decides, applies and listens to.
#pragma once

#include "engine/domain/purchasing/state.hpp"

namespace daybook::purchasing {

// policy.cpp
Decision decide(const Purchasing&, const SetPurchasingPolicy&);
void apply(Purchasing&, const PurchasingPolicySet&);
void listen(Purchasing&, const accounting::BookConfigured&);

}  // namespace daybook::purchasing
