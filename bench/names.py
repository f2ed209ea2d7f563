"""Names for made-up patients: common ones as skewed as in a telephone book, and rare ones of syllables."""

import random
from collections.abc import Sequence
from itertools import accumulate


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SURNAMES = _words("""
Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson
Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young
Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter
Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers
Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward Richardson Watson Brooks Chavez
Wood James Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo Sanders Patel Myers Long Ross Foster Jimenez Powell
Jenkins Perry Russell Sullivan Bell Coleman Butler Henderson Barnes Fisher Vasquez Simmons Romero Jordan Patterson
Alexander Hamilton Graham Reynolds Griffin Wallace Moreno West Cole Hayes Bryant Herrera Gibson Ellis Tran Medina
Aguilar Stevens Murray Ford Castro Marshall Owens Harrison Fernandez McDonald Woods Washington Kennedy Wells Vargas
Henry Chen Freeman Webb Tucker Guzman Burns Crawford Olson Simpson Porter Hunter Gordon Mendez Silva Shaw Snyder Mason
Dixon Munoz Hunt Hicks Holmes Palmer Wagner Black Robertson Boyd Rose Stone Salazar Fox Warren Mills Meyer Rice Schmidt
Garza Daniels Ferguson Nichols Stephens Soto Weaver Ryan Gardner Payne Grant Dunn Kelley Spencer Hawkins Arnold Pierce
O'Neil Müller Łukasz Peña Núñez Saint-Jean Okafor Kapoor Bauer Osei Novák Sørensen Dvořák Çelik Nakamura Al-Masri
""")

FIRST_NAMES = _words("""
James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph Jessica
Thomas Sarah Charles Karen Christopher Lisa Daniel Nancy Matthew Betty Anthony Sandra Mark Margaret Donald Ashley
Steven Kimberly Andrew Emily Paul Donna Joshua Michelle Kenneth Carol Kevin Amanda Brian Melissa George Deborah Timothy
Stephanie Ronald Rebecca Jason Sharon Edward Laura Jeffrey Cynthia Ryan Dorothy Jacob Amy Gary Kathleen Nicholas Angela
Eric Shirley Jonathan Emma Stephen Brenda Larry Pamela Justin Nicole Scott Anna Brandon Samantha Benjamin Katherine
Samuel Christine Gregory Debra Alexander Rachel Patrick Carolyn Frank Janet Raymond Maria Jack Olivia Dennis Heather
Jerry Helen Tyler Catherine Aaron Diane José Julie Adam Victoria Nathan Joyce Henry Lauren Zachary Kelly Douglas
Christina Peter Ruth Kyle Joan Noah Virginia Ethan Judith Zoë Tomás Renée Siobhán Dev Min Grace Ana Chloé Ángel Søren
""")

_HEADS = _words(
    "Ba Be Bi Bo Bra Che Da Do Dra Fa Fi Ga Gri Ha Ho Ja Je Ka Ko Kra La Lo Ma Mi Mo Na No Pa Pe Ra Ro Sa Sta"
)
_MIDDLES = _words("ba bel cho da den ga ka la ler li lo ma men na ni no ra ren ri ro sa sen ta ti va vi wa zi")
_TAILS = _words(
    "berg chuk der ez ian ic ides ini ko kov li mann ner novic off oglu oni rell schi sen ski son tis ura vich"
)

RARE = 0.35
"""How much of the clinic has a surname that hardly anybody shares."""


class Names:
    """A source of first names and surnames, the same for the same source of chance."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._surname_weights = _falling(SURNAMES)
        self._first_weights = _falling(FIRST_NAMES)

    def surname(self) -> str:
        """Return a common surname, or now and then a rare one."""
        if self._chance.random() < RARE:
            return "".join(self._chance.choice(part) for part in (_HEADS, _MIDDLES, _TAILS))
        return self._chance.choices(SURNAMES, cum_weights=self._surname_weights)[0]

    def first_name(self) -> str:
        """Return a first name."""
        return self._chance.choices(FIRST_NAMES, cum_weights=self._first_weights)[0]


def _falling(names: Sequence[str]) -> list[float]:
    """Return running weights by which the n-th name is 1/n as frequent as the first, the first few evened out."""
    return list(accumulate(1 / (rank + 10) for rank in range(len(names))))
