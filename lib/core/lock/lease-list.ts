// The leases that live. A list linked through its members: most leases live for less than a millisecond, and adding one
// to a Set and deleting it again would be among the dearest things that happen to it here.

/** What a member carries. */
export interface Linked<Member> {
  next: Member | undefined;
  previous: Member | undefined;
}

export class LeaseList<Member extends Linked<Member>> {
  #first: Member | undefined;

  add(member: Member): void {
    member.next = this.#first;
    if (this.#first) this.#first.previous = member;
    this.#first = member;
  }

  delete(member: Member): void {
    if (member.previous) member.previous.next = member.next;
    else if (this.#first === member) this.#first = member.next;
    if (member.next) member.next.previous = member.previous;
    member.next = undefined;
    member.previous = undefined;
  }

  *[Symbol.iterator](): Generator<Member> {
    for (let member = this.#first; member; member = member.next) yield member;
  }
}
