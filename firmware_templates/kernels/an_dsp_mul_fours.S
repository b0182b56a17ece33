/* an_dsp_mul_fours of an_dsp.h: four products in 40 instructions. r3 and r4 are the zero points, r5 to r7 the output's parameters. */
#ifdef __ARM_FEATURE_DSP
    .syntax unified
    .thumb

    .set CLAMPED, 0
    .set LOW, 4
    .set FIRST_END, 12
    .set LOCALS, 16
    .set PARAMS, LOCALS + 36

    .macro scaled product
    add lr, r6, \product, asr #31
    lsl \product, \product, #1
    smmlar \product, \product, r5, lr
    asr \product, \product, r7
    ssat \product, #8, \product, asr #1
    .endm

    .section .text.an_dsp_mul_fours, "ax", %progbits
    .global an_dsp_mul_fours
    .type an_dsp_mul_fours, %function
    .thumb_func
an_dsp_mul_fours:
    push {r4-r11, lr}
    sub sp, sp, #LOCALS
    ldr r12, [sp, #PARAMS]
    add r3, r0, r3, lsl #2
    str r3, [sp, #FIRST_END]
    ldr r8, [r12, #24]          /* clamped */
    ldrd r9, r10, [r12, #28]    /* low, high */
    stm sp, {r8-r10}
    add lr, r12, #4
    ldm lr, {r3-r7}             /* zero points; output multiplier, rounding, shift */

four:
    ldr r12, [r0], #4
    ldr lr, [r1], #4
    sxtab16 r8, r3, r12
    sxtab16 r12, r3, r12, ror #8
    sxtab16 r9, r4, lr
    sxtab16 lr, r4, lr, ror #8
    smultt r10, r8, r9
    smulbb r8, r8, r9
    smultt r11, r12, lr
    smulbb r9, r12, lr
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
    str r8, [r2], #4
    ldr r12, [sp, #FIRST_END]
    cmp r0, r12
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
    .size an_dsp_mul_fours, . - an_dsp_mul_fours
#endif

/* Nothing of this needs a stack that can be executed: hosts warn where that is not said. */
#ifdef __linux__
    .section .note.GNU-stack, "", %progbits
#endif
