/* Invalidates and enables both caches, as Armv7-M (B2.2) and Armv8-M (B6.5) demand: what they hold after reset is unknown.
 * Only for cores that have them. */
#include "cache.h"

#include "board.h"

#define CCR AN_REGISTER(0xE000ED14u)
#define CCR_DATA_CACHE (1u << 16)
#define CCR_INSTRUCTION_CACHE (1u << 17)
#define CCSIDR AN_REGISTER(0xE000ED80u)
#define CSSELR AN_REGISTER(0xE000ED84u)
#define ICIALLU AN_REGISTER(0xE000EF50u)
#define DCISW AN_REGISTER(0xE000EF60u)

static inline void an_barrier(void) {
    __asm__ volatile("dsb\n"
                     "isb\n" ::
                         : "memory");
}

void an_caches_enable(void) {
    ICIALLU = 0;
    CSSELR = 0; /* the data cache of level 1 */
    an_barrier();
    const uint32_t geometry = CCSIDR;
    const uint32_t last_set = (geometry >> 13) & 0x7FFFu, last_way = (geometry >> 3) & 0x3FFu;
    const uint32_t set_shift = (geometry & 7u) + 4u; /* log2 of the bytes in a line */
    /* Ways count from the top bit: as many bits as the last way's number has. */
    uint32_t way_shift = 32;
    for (uint32_t way = last_way; way != 0u; way >>= 1) {
        way_shift--;
    }
    for (uint32_t set = 0; set <= last_set; set++) {
        for (uint32_t way = 0; way <= last_way; way++) {
            DCISW = (set << set_shift) | (way == 0u ? 0u : way << way_shift);
        }
    }
    an_barrier();
    CCR |= CCR_INSTRUCTION_CACHE | CCR_DATA_CACHE;
    an_barrier();
}
