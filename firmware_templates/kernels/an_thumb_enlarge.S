/* an_thumb_enlarge of an_thumb.h: a word in ten instructions. r5 and r12 sum up bytes 0 and 2, and 1 and 3, in 16 bits each. */
#if defined(__ARM_ARCH_ISA_THUMB) && __ARM_ARCH_ISA_THUMB == 1
    .syntax unified
    .thumb

    .macro summed word
    mov r7, \word
    ands r7, r7, r6
    adds r5, r5, r7
    lsrs \word, \word, #8
    ands \word, \word, r6
    add r12, \word
    .endm

    .section .text.an_thumb_enlarge, "ax", %progbits
    .global an_thumb_enlarge
    .type an_thumb_enlarge, %function
    .thumb_func
an_thumb_enlarge:
    push {r4-r7, lr}
    movs r5, #0
    mov r12, r5
    movs r6, #255
    lsls r7, r6, #16
    adds r6, r6, r7             /* 0x00FF00FF */
    movs r3, #128
    lsls r4, r3, #8
    adds r3, r3, r4
    lsls r4, r3, #16
    adds r3, r3, r4
    mov lr, r3                  /* 0x80808080 */
    lsrs r3, r2, #3
    bcc pairs                   /* bit 2 of the bytes: an odd number of words */
    ldm r1!, {r3}
    mov r7, lr
    eors r3, r3, r7
    stm r0!, {r3}
    summed r3
    subs r2, r2, #4
pairs:
    adds r2, r2, r0
    cmp r0, r2
    beq done
pair:
    ldm r1!, {r3, r4}
    mov r7, lr
    eors r3, r3, r7
    eors r4, r4, r7
    stm r0!, {r3, r4}
    summed r3
    summed r4
    cmp r0, r2
    bne pair
done:
    mov r0, r12
    uxth r1, r0
    lsrs r0, r0, #16
    adds r0, r0, r1
    uxth r1, r5
    lsrs r5, r5, #16
    adds r0, r0, r1
    adds r0, r0, r5
    pop {r4-r7, pc}
    .size an_thumb_enlarge, . - an_thumb_enlarge
#endif

/* Nothing of this needs a stack that can be executed: hosts warn where that is not said. */
#ifdef __linux__
    .section .note.GNU-stack, "", %progbits
#endif
