// Records whose headers need not be looked at. What a writer has read as valid is in the chain
// value that its next record carries, and an event says its position and its place in the batch
// itself. So where the last record of a run carries the term of the tip and just the chain value
// that the events before it make, those carried nothing else: each was valid where it stands.
//
// Who could alter headers and leave the values as they are would go unnoticed here, and gain
// nothing: the events are those of the chain. verify looks at every header.
#pragma once

#include <span>

#include "connectors/kafka/rule.hpp"

namespace daybook::kafka {

// Whether the run goes on from where the rule is. Of each record but the last, term and chain value
// are not known; they are filled in, as its writer must have given them. `chains` gets the chain
// value after each. False: nothing is known; look at every record's own.
[[nodiscard]] bool presume(
    const Rule& rule, std::span<Record> run, std::span<Hash> chains, Hasher& hasher
);

}  // namespace daybook::kafka
