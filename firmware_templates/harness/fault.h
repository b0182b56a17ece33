/* HardFault (and every exception nobody asked for): report where and why, then stop. */
#ifndef AN_FAULT_H
#define AN_FAULT_H

void an_hard_fault(void);

#endif
