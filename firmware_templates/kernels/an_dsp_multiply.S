/* an_dsp_multiply of an_dsp.h: four channels by two positions at a time.
 *
 * All fourteen registers work in the inner loop: r6 to r12 and lr sum up, r0 walks the values, r1 the weights, r2 to r5 hold four
 * pairs of int16. 11 instructions are 16 multiply-accumulates. The first such step begins with the biases; of the others eight are
 * unrolled, and where they are no multiple of eight, the unrolled code is entered behind its start.
 */
#ifdef __ARM_FEATURE_DSP
    .syntax unified
    .thumb

    .set WEIGHTS, 0
    .set WEIGHTS_END, 4
    .set ENTRY, 8
    .set CHANNELS, 12
    .set OUTPUT, 16
    .set OUTPUT_STEP, 20
    .set OUTPUT_END, 24
    .set ROUNDING, 28
    .set CLAMPED, 32
    .set LOW, 36
    .set HIGH, 40
    .set LOCALS, 44
    .set BLOCK, LOCALS + 36

    /* from what the sums of the second position begin with */
    .macro step first, second, third, fourth
    ldrd r2, r3, [r0], #8
    ldrd r4, r5, [r1], #8
    smlad r7, r4, r3, \first
    smlad r6, r4, r2, r6
    smlad r9, r5, r3, \second
    smlad r8, r5, r2, r8
    ldrd r4, r5, [r1], #8
    smlad r11, r4, r3, \third
    smlad r10, r4, r2, r10
    smlad lr, r5, r3, \fourth
    smlad r12, r5, r2, r12
    .endm

    /* r3 multiplier, r4 shift, r5 rounding: the sum becomes an output byte, not yet clamped */
    .macro scaled sum
    add r1, r5, \sum, asr #31
    lsl \sum, \sum, #1
    smmlar \sum, \sum, r3, r1
    asr \sum, \sum, r4
    ssat \sum, #8, \sum, asr #1
    .endm

    .macro finished index, first, second
    ldrd r3, r4, [r2, #16 + 8 * \index]
    ldr r5, [sp, #ROUNDING]
    lsl r5, r5, r4
    scaled \first
    scaled \second
    .endm

    .macro clamp bytes
    ssub8 r4, \bytes, r2
    sel \bytes, \bytes, r2
    ssub8 r4, r3, \bytes
    sel \bytes, \bytes, r3
    .endm

    .section .text.an_dsp_multiply, "ax", %progbits
    .global an_dsp_multiply
    .type an_dsp_multiply, %function
    .thumb_func
an_dsp_multiply:
    push {r4-r11, lr}
    sub sp, sp, #LOCALS
    ldr r4, [sp, #BLOCK]
    ldr r5, [r4]
    add r6, r1, r5, lsl #3
    strd r1, r6, [sp, #WEIGHTS]
    /* (1 - depth / 2) mod 8 steps are left out the first time */
    lsrs r5, r5, #1
    rsb r5, r5, #1
    and r5, r5, #7
    movs r6, #44
    muls r5, r6, r5
    adr r6, steps
    add r5, r5, r6
    adds r5, r5, #1
    str r5, [sp, #ENTRY]
    strd r2, r3, [sp, #CHANNELS]
    ldrd r5, r6, [r4, #4]
    lsls r5, r5, #1
    mla r5, r5, r6, r3
    strd r6, r5, [sp, #OUTPUT_STEP]
    ldrd r5, r6, [r4, #12]
    strd r5, r6, [sp, #ROUNDING]
    ldrd r5, r6, [r4, #20]
    strd r5, r6, [sp, #LOW]

pair:
    ldr r1, [sp, #WEIGHTS]
    ldr r2, [sp, #CHANNELS]
    ldm r2, {r6, r8, r10, r12}
    step r6, r8, r10, r12
    ldr pc, [sp, #ENTRY]

    .balign 4
steps:
    .rept 8
    step r7, r9, r11, lr
    .endr
    ldr r2, [sp, #WEIGHTS_END]
    cmp r1, r2
    bne steps

    ldr r2, [sp, #CHANNELS]
    finished 0, r6, r7
    finished 1, r8, r9
    finished 2, r10, r11
    finished 3, r12, lr
    bfi r6, r8, #8, #8
    bfi r6, r10, #16, #8
    bfi r6, r12, #24, #8
    bfi r7, r9, #8, #8
    bfi r7, r11, #16, #8
    bfi r7, lr, #24, #8
    ldr r2, [sp, #CLAMPED]
    cbz r2, store
    ldrd r2, r3, [sp, #LOW]
    clamp r6
    clamp r7
store:
    ldrd r2, r3, [sp, #OUTPUT]
    str r6, [r2]
    str r7, [r2, r3]
    add r2, r2, r3, lsl #1
    str r2, [sp, #OUTPUT]
    ldr r3, [sp, #OUTPUT_END]
    cmp r2, r3
    bne pair
    add sp, sp, #LOCALS
    pop {r4-r11, pc}
    .size an_dsp_multiply, . - an_dsp_multiply
#endif

/* Nothing of this needs a stack that can be executed: hosts warn where that is not said. */
#ifdef __linux__
    .section .note.GNU-stack, "", %progbits
#endif
