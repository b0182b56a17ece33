/* Serves inference requests for ever. */
#ifndef AN_MAIN_H
#define AN_MAIN_H

__attribute__((noreturn)) void an_main(void);

#endif
