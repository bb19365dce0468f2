// Files in memory that can lose power, run out of space and fail, for tests of what must survive.
// A crash keeps what was synced and, of what was not, whichever sectors and names chance chooses.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/base/prng.hpp"
#include "engine/os/file.hpp"

namespace daybook::support {

class FakeFileSystem final : public FileSystem {
 public:
    FakeFileSystem();
    ~FakeFileSystem() override;

    [[nodiscard]] Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode)
        override;
    [[nodiscard]] Result<std::vector<std::string>> list(const std::string& folder) override;
    [[nodiscard]] Result<void> make_folder(const std::string& folder) override;
    [[nodiscard]] Result<void> rename(const std::string& from, const std::string& to) override;
    [[nodiscard]] Result<void> remove(const std::string& path) override;
    [[nodiscard]] Result<void> sync_folder(const std::string& folder) override;

    // The power fails: unsynced sectors arrive or not, each for itself and as any of the writes
    // since the last sync left it; unsynced names are kept up to some moment, locks fall. Open
    // files must not be used afterwards.
    void crash(Prng& random, std::uint64_t arriving_percent = 50);

    // From now on writing fails after this many more operations that change something, with the
    // error; once, or for ever.
    void fail_after(std::uint64_t operations, Error error, bool for_ever);
    // Succeeds again.
    void mend();
    // Operations that changed something, so far.
    [[nodiscard]] std::uint64_t operations() const;
    // How many bytes all files together may have.
    void set_space(std::uint64_t bytes);

    // A file's bytes, and changing them behind everyone's back.
    [[nodiscard]] std::vector<std::byte> content(const std::string& path) const;
    void overwrite(const std::string& path, std::vector<std::byte> bytes);

 private:
    struct Node;
    class OpenFile;
    class NodeMapping;

    [[nodiscard]] Result<void> count_operation();
    [[nodiscard]] Result<void> check_space(const Node& node, std::uint64_t bytes) const;

    mutable std::mutex mutex_;
    std::vector<std::unique_ptr<Node>> nodes_;         // All that ever were. Guarded by mutex_.
    std::map<std::string, Node*> names_;               // Guarded by mutex_.
    std::vector<std::map<std::string, Node*>> steps_;  // Names since the last sync, oldest first.
    std::vector<std::string> folders_;                 // Guarded by mutex_.
    std::uint64_t operations_ = 0;                     // Guarded by mutex_.
    std::uint64_t failing_from_ = ~std::uint64_t{0};   // Guarded by mutex_.
    bool fails_for_ever_ = false;                      // Guarded by mutex_.
    Error failure_;                                    // Guarded by mutex_.
    std::uint64_t space_ = ~std::uint64_t{0};          // Guarded by mutex_.
};

}  // namespace daybook::support
