// The port to unpredictable bytes, for ids and keys. Tests give a fixed sequence instead.
#pragma once

#include <cstdint>

namespace daybook {

class Random {
 public:
    virtual ~Random() = default;
    [[nodiscard]] virtual std::uint64_t next() = 0;
};

// From the kernel's generator, unpredictable also to an attacker. Any thread.
class SystemRandom final : public Random {
 public:
    [[nodiscard]] std::uint64_t next() override;
};

}  // namespace daybook
