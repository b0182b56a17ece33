/* The RP2040's second boot stage (RP2040 Datasheet, section 2.8.1): its boot ROM copies these 256 bytes to RAM, checks the
 * CRC in the last word and runs them. They make the flash readable as memory by the plain command 03h, which every flash
 * chip knows, and enter the program through its vector table. */
#include <stdint.h>

#define BOOT_WORDS 64

extern const uint32_t an_boot[BOOT_WORDS];
__attribute__((section(".boot"), used)) const uint32_t an_boot[BOOT_WORDS] = {
    0x21004b0au, /* ldr r3, =SSI          movs r1, #0 */
    0x21086099u, /* str r1, [r3, #SSIENR] movs r1, #8 */
    0x49096159u, /* str r1, [r3, #BAUDR]  ldr r1, =CTRLR0's value */
    0x21006019u, /* str r1, [r3, #CTRLR0] movs r1, #0 */
    0x49086059u, /* str r1, [r3, #CTRLR1] ldr r1, =SPI_CTRLR0's value */
    0x60014808u, /* ldr r0, =SPI_CTRLR0   str r1, [r0] */
    0x60992101u, /* movs r1, #1           str r1, [r3, #SSIENR] */
    0x49084807u, /* ldr r0, =vector table ldr r1, =VTOR */
    0x68016008u, /* str r0, [r1]          ldr r1, [r0] */
    0x8808f381u, /* msr msp, r1 */
    0x47086841u, /* ldr r1, [r0, #4]      bx r1 */
    0x18000000u, /* SSI, section 4.10 */
    0x001f0300u, /* CTRLR0: 32 bits a frame, a command and then a read */
    0x03000218u, /* SPI_CTRLR0: command 03h, 8 bits of it, 24 bits of address */
    0x180000f4u, /* SPI_CTRLR0 */
    0x10000100u, /* the vector table */
    0xe000ed08u, /* VTOR */
    [BOOT_WORDS - 1] = 0x4dba3e48u, /* CRC-32 of the 252 bytes before: polynomial 0x04C11DB7, not reflected, starting from all ones */
};
