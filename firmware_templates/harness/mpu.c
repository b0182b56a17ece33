/* RAM holds data only: with the unit on, a jump there is a fault instead of a riddle (Armv7-M manual, B3.5; Armv8-M, B8). */
#include "mpu.h"

#include "board.h"

#define MPU_TYPE AN_REGISTER(0xE000ED90u)
#define MPU_CTRL AN_REGISTER(0xE000ED94u)
#define MPU_RNR AN_REGISTER(0xE000ED98u)
#define MPU_RBAR AN_REGISTER(0xE000ED9Cu)
#define MPU_RASR AN_REGISTER(0xE000EDA0u) /* Armv8-M: MPU_RLAR */
#define MPU_MAIR0 AN_REGISTER(0xE000EDC0u)

#define REGIONS_SHIFT 8u
#define CTRL_ENABLE_WITH_DEFAULT_MAP 5u /* everything else is as it was */

/* The architecture's SRAM region, 0x20000000 to 0x3FFFFFFF: no chip has RAM for data elsewhere, but for small extra banks. */
#define SRAM_FIRST 0x20000000u
#define SRAM_LAST 0x3FFFFFFFu

void an_mpu_enable(void) {
#if __ARM_ARCH >= 7
    if (((MPU_TYPE >> REGIONS_SHIFT) & 0xFFu) == 0u) {
        return;
    }
    MPU_RNR = 0;
#if __ARM_ARCH == 7
    MPU_RBAR = SRAM_FIRST;
    /* Execute-never, read and write, normal memory (write-back, write- and read-allocate), 2^29 bytes, enabled */
    MPU_RASR = (1u << 28) | (3u << 24) | (1u << 19) | (3u << 16) | (28u << 1) | 1u;
#else
    MPU_MAIR0 = 0xFFu;             /* attribute 0: normal memory, write-back, write- and read-allocate */
    MPU_RBAR = SRAM_FIRST | 2u | 1u; /* read and write by any privilege, execute-never */
    MPU_RASR = (SRAM_LAST & ~31u) | 1u;
#endif
    MPU_CTRL = CTRL_ENABLE_WITH_DEFAULT_MAP;
    __asm__ volatile("dsb\n"
                     "isb\n" ::
                         : "memory");
#endif
}
