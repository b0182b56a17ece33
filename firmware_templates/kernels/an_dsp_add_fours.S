/* an_dsp_add_fours of an_dsp.h: four sums in 64 instructions.
 *
 * The operand with the larger scale is scaled by one half of 2^20: a shift. First, r3 to r7 are the parameters of the operands and r8 to
 * r11 become sums; then r3 to r5 are the parameters of the output.
 */
#ifdef __ARM_FEATURE_DSP
    .syntax unified
    .thumb

    .set OUTPUT_MULTIPLIER, 0
    .set CLAMPED, 12
    .set LOW, 16
    .set SECOND_ZERO_POINT, 24
    .set OUTPUT, 44
    .set FIRST_END, 48
    .set LOCALS, 52
    .set PARAMS, LOCALS + 36

    .macro total sum, rotation
    .if \rotation
    sxtab \sum, r3, lr, ror #\rotation
    .else
    sxtab \sum, r3, lr
    .endif
    add r2, r5, \sum, asr #31
    lsl \sum, \sum, #21
    smmlar \sum, \sum, r4, r2
    asr \sum, \sum, r6
    .if \rotation
    sxtab r2, r7, r12, ror #\rotation
    .else
    sxtab r2, r7, r12
    .endif
    add \sum, \sum, r2, lsl #19
    .endm

    .macro scaled sum
    add r2, r4, \sum, asr #31
    lsl \sum, \sum, #1
    smmlar \sum, \sum, r3, r2
    asr \sum, \sum, r5
    ssat \sum, #8, \sum, asr #1
    .endm

    .section .text.an_dsp_add_fours, "ax", %progbits
    .global an_dsp_add_fours
    .type an_dsp_add_fours, %function
    .thumb_func
an_dsp_add_fours:
    push {r4-r11, lr}
    sub sp, sp, #LOCALS
    ldr r12, [sp, #PARAMS]
    str r2, [sp, #OUTPUT]
    add r3, r0, r3, lsl #2
    str r3, [sp, #FIRST_END]
    add lr, r12, #24
    ldm lr, {r3-r8}             /* output multiplier, rounding, shift; clamped, low, high */
    stm sp, {r3-r8}
    add lr, r12, #4
    ldm lr, {r3-r7}             /* second zero point, multiplier, rounding, shift; first zero point */
    add lr, sp, #SECOND_ZERO_POINT
    stm lr, {r3-r7}

four:
    ldr r12, [r0], #4
    ldr lr, [r1], #4
    total r8, 0
    total r9, 8
    total r10, 16
    total r11, 24
    ldm sp, {r3-r5}
    scaled r8
    scaled r9
    scaled r10
    scaled r11

    /* r8 to r11 hold results of eight bits: they go out as a word, clamped where they must be */
    bfi r8, r9, #8, #8
    bfi r8, r10, #16, #8
    bfi r8, r11, #24, #8
    ldr r12, [sp, #CLAMPED]
    cmp r12, #0
    bne clamp
store:
    ldr r2, [sp, #OUTPUT]
    str r8, [r2], #4
    str r2, [sp, #OUTPUT]
    add r2, sp, #SECOND_ZERO_POINT
    ldm r2, {r3-r7}
    ldr r2, [sp, #FIRST_END]
    cmp r0, r2
    bne four
    add sp, sp, #LOCALS
    pop {r4-r11, pc}

clamp:
    ldrd r12, lr, [sp, #LOW]
    ssub8 r9, r8, r12
    sel r8, r8, r12
    ssub8 r9, lr, r8
    sel r8, r8, lr
    b store
    .size an_dsp_add_fours, . - an_dsp_add_fours
#endif

/* Nothing of this needs a stack that can be executed: hosts warn where that is not said. */
#ifdef __linux__
    .section .note.GNU-stack, "", %progbits
#endif
