/* an_thumb_requantize of an_thumb.h: 40 instructions an output.
 *
 * The high word of a product comes from those of halves; what is below 2^16 cannot decide its rounding. The middle of it is made positive by
 * adding 2^30, which is taken off again, shifted. r8 is what sums have too much, negated, r9 the rounding, r10 and r11 the limits, r12 the
 * end, lr 2^30 and one half of 2^15.
 */
#if defined(__ARM_ARCH_ISA_THUMB) && __ARM_ARCH_ISA_THUMB == 1
    .syntax unified
    .thumb

    .set TAKEN_OFF, 0
    .set LOCALS, 4
    .set OUTPUTS, LOCALS + 36

    .section .text.an_thumb_requantize, "ax", %progbits
    .global an_thumb_requantize
    .type an_thumb_requantize, %function
    .thumb_func
an_thumb_requantize:
    push {r4-r7, lr}
    mov r4, r8
    mov r5, r9
    mov r6, r10
    mov r7, r11
    push {r4-r7}
    sub sp, sp, #LOCALS
    adds r3, r2, r3
    mov r12, r3
    ldr r3, [sp, #OUTPUTS]
    ldm r3!, {r4-r7}
    rsbs r4, r4, #0
    mov r8, r4
    mov r9, r5
    mov r10, r6
    mov r11, r7
    movs r4, #1
    lsls r5, r4, #15
    str r5, [sp, #TAKEN_OFF]
    lsls r5, r4, #30
    lsls r4, r4, #14
    adds r4, r4, r5
    mov lr, r4

one:
    ldm r0!, {r3}
    ldm r1!, {r4, r5}           /* bias, multiplier */
    add r3, r8
    adds r3, r3, r4
    asrs r4, r3, #16
    uxth r3, r3
    lsrs r7, r5, #16
    uxth r5, r5
    mov r6, r3
    muls r6, r5, r6             /* low halves */
    lsrs r6, r6, #16
    muls r3, r7, r3             /* low by high */
    adds r3, r3, r6
    muls r5, r4, r5             /* high by low */
    adds r3, r3, r5
    muls r4, r7, r4             /* high halves */
    add r3, lr
    lsrs r3, r3, #15
    lsls r4, r4, #1
    adds r3, r3, r4
    asrs r4, r4, #31            /* one less, if the sum is negative */
    adds r3, r3, r4
    ldr r4, [sp, #TAKEN_OFF]
    subs r3, r3, r4
    ldm r1!, {r6}               /* shift */
    mov r5, r9
    lsls r5, r5, r6
    adds r3, r3, r5
    asrs r3, r3, r6
    asrs r3, r3, #1
    cmp r3, r11
    ble 1f
    mov r3, r11
1:
    cmp r3, r10
    bge 2f
    mov r3, r10
2:
    strb r3, [r2]
    adds r2, r2, #1
    cmp r2, r12
    bne one

    add sp, sp, #LOCALS
    pop {r4-r7}
    mov r8, r4
    mov r9, r5
    mov r10, r6
    mov r11, r7
    pop {r4-r7, pc}
    .size an_thumb_requantize, . - an_thumb_requantize
#endif

/* Nothing of this needs a stack that can be executed: hosts warn where that is not said. */
#ifdef __linux__
    .section .note.GNU-stack, "", %progbits
#endif
