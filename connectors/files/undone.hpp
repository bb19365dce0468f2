// What earlier undoings took back, so that the same files can be imported again: as another import,
// by commands with other ids, and with other names for documents, whose own stay with those that
// were taken back. "INV-7" becomes "INV-7-2", and "INV-7-3" after the next undoing.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

#include "engine/base/result.hpp"
#include "engine/domain/registry.hpp"
#include "engine/log/log.hpp"

namespace daybook::files {

class Undone {
 public:
    Undone() = default;  // Nothing.
    // Reads the whole log, and once more if an import was taken back.
    [[nodiscard]] static Result<Undone> read(const Log& log, std::span<const DomainModule> modules);

    [[nodiscard]] bool is_empty() const { return imports_.empty(); }
    // The import, or the one that stands for it after its undoings.
    [[nodiscard]] Id import(const Id& import) const;
    // Likewise a command's id, if what it wrote was taken back.
    [[nodiscard]] Id command(const Id& command) const;
    // Whether the party was made inactive by an undoing and still is.
    [[nodiscard]] bool is_inactive(const Id& party) const { return inactive_.contains(party); }
    // The body of a command with the new names of documents.
    [[nodiscard]] std::string renamed(std::string_view command, std::string_view body) const;

 private:
    struct Reader;
    friend class Renaming;
    using Name = std::tuple<std::string, std::string, std::string>;  // "sales", "invoice", "INV-7"

    [[nodiscard]] std::string name_of(Name name) const;

    std::set<Id> imports_;
    std::set<Id> commands_;
    std::set<Id> inactive_;
    std::set<Name> names_;
};

}  // namespace daybook::files
