/* an_thumb_slide of an_thumb.h: a channel of one position at a time.
 *
 * r0 walks the weights, r1 the channels, r2 what is summed up; r8 is one less than the first row, r9 and r10 are what it takes from there to the
 * second and on to the third, r11 is the distance of two taps, r12 and lr are the limits. In the sums, r3 is a row, r4 the distance, r5 a value
 * and then its product, r6 a weight. The rounding is that of an_thumb_requantize.
 */
#if defined(__ARM_ARCH_ISA_THUMB) && __ARM_ARCH_ISA_THUMB == 1
    .syntax unified
    .thumb

    .set ROUNDING, 0
    .set OUTPUT, 4
    .set OUTPUT_END, 8
    .set MIDDLE, 12
    .set TAKEN_OFF, 16
    .set LOCALS, 20

    .macro product
    sxtb r6, r6
    muls r5, r6, r5
    adds r2, r2, r5
    .endm

    /* r4 is the distance, r7 twice as much */
    .macro row place
    ldrb r5, [r3]
    ldrb r6, [r0, #\place]
    product
    ldrb r5, [r3, r4]
    ldrb r6, [r0, #\place + 1]
    product
    ldrb r5, [r3, r7]
    ldrb r6, [r0, #\place + 2]
    product
    .endm

    .section .text.an_thumb_slide, "ax", %progbits
    .global an_thumb_slide
    .type an_thumb_slide, %function
    .thumb_func
an_thumb_slide:
    push {r4-r7, lr}
    mov r4, r8
    mov r5, r9
    mov r6, r10
    mov r7, r11
    push {r4-r7}
    sub sp, sp, #LOCALS
    ldm r0!, {r4-r6}
    subs r6, r6, r5
    subs r5, r5, r4
    subs r4, r4, #1
    mov r8, r4
    mov r9, r5
    mov r10, r6
    mov r0, r1
    mov r1, r2
    ldr r7, [sp, #LOCALS + 36]
    ldm r7!, {r4-r6}            /* channels, rounding, low */
    ldr r7, [r7]                /* high */
    mov r11, r4
    adds r4, r4, r3
    str r3, [sp, #OUTPUT]
    str r4, [sp, #OUTPUT_END]
    str r5, [sp, #ROUNDING]
    mov r12, r6
    mov lr, r7
    movs r4, #1
    lsls r5, r4, #15
    str r5, [sp, #TAKEN_OFF]
    lsls r5, r4, #30
    lsls r4, r4, #14
    adds r4, r4, r5
    str r4, [sp, #MIDDLE]

channel:
    ldr r2, [r1]                /* bias */
    mov r4, r11
    lsls r7, r4, #1
    mov r3, r8
    adds r3, r3, #1
    mov r8, r3
    row 0
    add r3, r9
    row 3
    add r3, r10
    row 6
    adds r0, r0, #9

    ldr r5, [r1, #4]
    asrs r4, r2, #16
    uxth r2, r2
    lsrs r7, r5, #16
    uxth r5, r5
    mov r6, r2
    muls r6, r5, r6             /* low halves */
    lsrs r6, r6, #16
    muls r2, r7, r2             /* low by high */
    adds r2, r2, r6
    muls r5, r4, r5             /* high by low */
    adds r2, r2, r5
    muls r4, r7, r4             /* high halves */
    ldr r6, [sp, #MIDDLE]
    adds r2, r2, r6
    lsrs r2, r2, #15
    lsls r4, r4, #1
    adds r2, r2, r4
    asrs r4, r4, #31            /* one less, if the sum is negative */
    adds r2, r2, r4
    ldr r6, [sp, #TAKEN_OFF]
    subs r2, r2, r6
    ldr r6, [r1, #8]
    adds r1, r1, #12
    ldr r5, [sp, #ROUNDING]
    lsls r5, r5, r6
    adds r2, r2, r5
    asrs r2, r2, r6
    asrs r2, r2, #1
    cmp r2, lr
    ble 1f
    mov r2, lr
1:
    cmp r2, r12
    bge 2f
    mov r2, r12
2:
    ldr r3, [sp, #OUTPUT]
    strb r2, [r3]
    adds r3, r3, #1
    str r3, [sp, #OUTPUT]
    ldr r5, [sp, #OUTPUT_END]
    cmp r3, r5
    bne channel

    add sp, sp, #LOCALS
    pop {r4-r7}
    mov r8, r4
    mov r9, r5
    mov r10, r6
    mov r11, r7
    pop {r4-r7, pc}
    .size an_thumb_slide, . - an_thumb_slide
#endif

/* Nothing of this needs a stack that can be executed: hosts warn where that is not said. */
#ifdef __linux__
    .section .note.GNU-stack, "", %progbits
#endif
