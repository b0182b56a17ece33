/* The block by which the RP2350's boot ROM knows a program for its Arm cores (RP2350 Datasheet, section 5.9.5.1): the smallest
 * one there is, somewhere in the first 4 KB of the flash. */
#include <stdint.h>

#define FIRST_MARKER 0xffffded3u
#define LAST_MARKER 0xab123579u
#define IMAGE_TYPE 0x10210142u /* item 42h of one word: executable, Arm, secure, RP2350 */
#define LAST_ITEM 0x000001ffu  /* before it: one word of items */
#define NO_OTHER_BLOCK 0u

extern const uint32_t an_image_definition[5];
__attribute__((section(".image_definition"), used)) const uint32_t an_image_definition[5] = {
    FIRST_MARKER, IMAGE_TYPE, LAST_ITEM, NO_OTHER_BLOCK, LAST_MARKER,
};
