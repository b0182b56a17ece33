/* Instruction and data caches. */
#ifndef AN_CACHE_H
#define AN_CACHE_H

void an_caches_enable(void);

#endif
