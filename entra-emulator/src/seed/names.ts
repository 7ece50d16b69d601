/** Common given names and surnames; a generated tenant combines them. */
const GIVEN_NAMES = `Adam Aisha Alice Amara Amir Ana André Anika Anna Antonio Beatriz Ben Björn Carla Carlos Chen
  Chloé Clara Daniel David Diana Elena Elif Emma Eric Eva Fatima Felix Fiona Gabriel Grace Hana Hannah Hugo Ines Isaac
  Ivan Jack Jana Javier Jin José Julia Kai Karim Kenji Lars Laura Leila Leo Lina Louise Lucas Maja Marc Maria Marta Mei
  Mia Milan Nadia Naomi Nina Noah Nora Olga Omar Oscar Paul Petra Priya Rafael Rania Robert Rosa Ruth Samir Sara Sofia
  Sven Tariq Theo Tom Uma Vera Victor Wei Yara Yuki Yusuf Zara Zoë`

const SURNAMES = `Adeyemi Ahmed Ali Allen Andersen Bauer Becker Bell Berg Bianchi Bos Brown Carter Castro Chan Cohen
  Costa Cruz Dahl Das Davies Diaz Dubois Edwards Evans Ferrari Fischer Flores Fofana García Garner Gomez Green Gupta
  Haas Haddad Hall Hansen Harris Hassan Ito Ivanova Jackson Jansen Jensen Johansson Jones Kaya Keller Khan Kim Klein
  Kowalski Kumar Lang Larsen Lee Lewis Li Lopez Martin Mendes Meyer Mori Morris Müller Murphy Nair Ng Nguyen Nielsen
  Novak Nowak Okafor Olsen Osman Park Patel Pereira Petrov Price Rao Reed Ricci Rossi Roy Sato Schmidt Silva Singh Smith
  Soto Suzuki Takeda Tan Taylor Torres Turner Vega Walker Weber White Wong Wright Wu Yang Yilmaz Young Zhang`

export interface Name {
  /** As people write it. */
  written: string
  /** As an address writes it: a to z. */
  plain: string
}

/** In the order of their plain forms, which orders the addresses that are made of them. */
export const givenNames: readonly Name[] = inOrder(GIVEN_NAMES)
export const surnames: readonly Name[] = inOrder(SURNAMES)

function inOrder(words: string): Name[] {
  return words
    .split(/\s+/)
    .map((written) => ({ written, plain: plainForm(written) }))
    .sort((a, b) => (a.plain < b.plain ? -1 : 1))
}

function plainForm(written: string): string {
  return written.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
