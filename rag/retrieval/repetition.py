"""Whether two texts that share most of their words say the same, or differ in what makes a statement another one.

A figure, a date, a name or a "not" is one word among many, and the one that counts. In doubt the two differ: a quote
too many misleads nobody, a statement dropped for another does.
"""

import re

from ...vectorstore.markup import plain
from ...vectorstore.names import fold

_NOTE_MARK = re.compile(
    r"(?:(?<=[^\W\d_]{3})|(?<=[.,;:!?”\"’)]))(?:<sup>[^<>]{1,8}</sup>|\[\^?(?:\d{1,3}|[a-z*†])\]|[¹²³⁰⁴-⁹*†]{1,3})"
)
_HYPHENATION = re.compile(r"(?<=[^\W\d_])(?:\xad\s*+|[-‐][^\S\n]*+\n\s*+)(?=[^\W\d_])")
_WORD = re.compile(r"\d+(?:[.,/:'’\xa0\u2009\u202f]\d+)*|[^\W\d_]+|[%‰€$£¥°²³½¼¾<>≤≥+±]|(?<!\w)[-−](?=\d)")
_SHORT_NOT = re.compile(r"n['’]t\b", re.IGNORECASE)
_NUMBERS = frozenset(
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands
    million millions billion billions trillion dozen dozens first second third fourth fifth sixth seventh eighth
    ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth
    twentieth thirtieth half halves quarter quarters thirds fourths fifths tenths once twice thrice single double
    triple twofold threefold tenfold both last next previous un une deux trois quatre cinq sept huit neuf dix onze
    douze treize quatorze quinze seize vingt vingts trente quarante cinquante soixante septante huitante nonante
    cent cents mille million milliard milliards douzaine premier premiere deuxieme seconde troisieme quatrieme
    cinquieme sixieme septieme huitieme neuvieme dixieme moitie tiers quart quarts demi demie dernier derniere
    prochain prochaine uno una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince
    dieciseis diecisiete dieciocho diecinueve veinte veintiuno veintiun veintiuna veintidos veintitres veinticuatro
    veinticinco veintiseis veintisiete veintiocho veintinueve treinta cuarenta cincuenta sesenta setenta ochenta
    noventa ciento cien doscientos doscientas trescientos trescientas cuatrocientos quinientos seiscientos
    setecientos ochocientos novecientos mil millon millones docena primero primer primera segundo segunda tercero
    tercer tercera cuarto cuarta quinto quinta sexto sexta septimo septima octavo octava noveno novena decimo decima
    mitad tercio tercios ultimo ultima proximo proxima""".split()
)
_DAYS = frozenset(
    """january february march april may june july august september october november december jan feb mar apr jun jul
    aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday
    morning afternoon evening night noon midnight am pm spring summer autumn winter janvier fevrier mars avril mai
    juin juillet aout septembre octobre novembre decembre lundi mardi mercredi jeudi vendredi samedi dimanche hier
    demain matin soir printemps ete automne hiver enero febrero marzo abril mayo junio julio agosto septiembre
    setiembre octubre noviembre diciembre lunes martes miercoles jueves viernes sabado domingo hoy ayer manana tarde
    noche primavera verano otono invierno""".split()
)
_NEGATIONS = frozenset(
    """not no never none nobody nothing nowhere neither nor without cannot hardly scarcely barely rarely seldom unless
    except only against ne n pas jamais aucun aucune aucuns aucunes rien sans ni non nul nulle nullement guere sauf
    contre nunca jamas ningun ninguna ninguno nada nadie sin tampoco salvo excepto solo contra lack lacks lacked fail
    fails failed deny denies denied refuse refuses refused nicht kein keine keinen keinem keiner keines nie niemals
    niemand nichts ohne nao nem nenhum nenhuma sem nunca non mai nessuno niente senza niet geen nooit zonder inte
    ingen inget aldrig utan ikke ingen не ни нет без никогда нельзя لا لم لن ليس ليست غير دون بدون ما""".split()
)
# Words of one field: where each of two texts has one that the other has not, they make two statements.
_FIELDS = tuple(
    frozenset(field.split())
    for field in """
    accept accepts accepted adopt adopts adopted approve approves approved agree agrees agreed support supports
    supported reject rejects rejected refuse refuses refused oppose opposes opposed disagree disagrees disagreed
    object objects objected defer defers deferred postpone postponed withdraw withdrew withdrawn abstain
    abstained; rise rises rose risen raise raised raises increase increases increased grow grew grown gain gained
    up fall falls fell fallen lower lowered lowers decrease decreases decreased reduce reduced reduces decline
    declined cut cuts lose lost down; more higher larger longer most maximum above over less fewer lower smaller
    shorter least minimum below under; before until prior after since from; shall must will may should can could
    would might; allow allowed allows permit permitted permits prohibit prohibited forbid forbidden ban banned;
    include included includes including exclude excluded excludes excluding; voluntary optional compulsory
    mandatory obligatory binding; all every each some many few several any; open opened opens begin began begins
    start started starts close closed closes end ended ends stop stopped stops; accepte acceptee adopte adoptee
    approuve approuvee appuie soutient rejete rejetee rejette refuse refusee desapprouve oppose reporte reportee;
    augmente augmentee hausse plus superieur diminue diminuee baisse moins inferieur reduit reduite; avant apres
    depuis; doit doivent peut peuvent devrait devraient; tous toutes chaque certains certaines; acepta acepto
    aceptada aprueba aprobo aprobada adopto adoptada apoya apoyo rechaza rechazo rechazada opone opuso aplazo
    aplazada; aumenta aumento sube subio mas mayor disminuye disminuyo baja bajo menos menor reduce redujo; antes
    despues desde; debe deben debera puede pueden podra deberia; todos todas cada algunos algunas
    """.split(";")
)
# What may stand for one another in a sentence that says the same.
_LIGHT = frozenset(
    """a an the this that these those it its their and or of in on at to for by as with which who is are was were be
    been has have had le la les l un de du des d et ou en au aux ce cette ces qui que est sont dans pour par el los las
    del y o al este esta estos estas es son para por se su sus""".split()
)
_OPPOSING = re.compile(r"(?:un|in|im|ir|il|dis|non|mis|de|des|anti|counter|contre|contra)(?=\w{3})")
_MIN_FIGURE_STEM = 4
_SAME_BEGINNING = 4
_MOST_WORDS_OF_A_SENTENCE = 80


def tells_apart(one: str, other: str) -> bool:
    """Whether two texts differ in a figure or what it counts, a date, a name, a negation, or between opposites.

    Hyphenation, white space, quotation marks, case, marks of emphasis and of footnotes make no difference.
    """
    ones, others = _words(one), _words(other)
    mine, theirs = {fold(word) for word in ones}, {fold(word) for word in others}
    return (
        _figures(ones) != _figures(others)
        or _sequence(ones, _DAYS) != _sequence(others, _DAYS)
        or _sequence(ones, _NEGATIONS) != _sequence(others, _NEGATIONS)
        or not _names(ones) <= theirs
        or not _names(others) <= mine
        or any(not field.isdisjoint(mine - theirs) and not field.isdisjoint(theirs - mine) for field in _FIELDS)
        or _are_negated(mine - theirs, theirs)
        or _are_negated(theirs - mine, mine)
        or (max(len(ones), len(others)) <= _MOST_WORDS_OF_A_SENTENCE and _are_exchanged(mine - theirs, theirs - mine))
    )


def _words(text: str) -> list[str]:
    bare = plain(_NOTE_MARK.sub("", _HYPHENATION.sub("", text)))
    return _WORD.findall(_SHORT_NOT.sub(" not", bare))


def _figures(words: list[str]) -> list[tuple[str, str]]:
    """Numbers and signs in order, in digits or words, each with the beginning of the word after it."""
    found: list[tuple[str, str]] = []
    for word, after in zip(words, [*words[1:], ""], strict=False):
        if not word[0].isalpha() or fold(word) in _NUMBERS:
            found.append(("".join(fold(word).split()), fold(after)[:_MIN_FIGURE_STEM]))
    return found


def _sequence(words: list[str], kind: frozenset[str]) -> list[str]:
    return [folded for word in words if (folded := fold(word)) in kind]


def _names(words: list[str]) -> set[str]:
    """Words with a capital, folded; where a sentence begins with one or all is in capitals, so is any word."""
    return {fold(word) for word in words if word[0].isupper()}


def _are_negated(mine: set[str], theirs: set[str]) -> bool:
    """Whether a word of one is another's with a prefix that turns it round: "lawful", "unlawful"."""
    return any((prefix := _OPPOSING.match(word)) and word[prefix.end() :] in theirs for word in mine)


def _are_exchanged(mine: set[str], theirs: set[str]) -> bool:
    """Whether a word of one stands where the other has another word, and not only another form of it.

    No list holds all pairs that tell ("carried", "lost"), so in a sentence each such exchange counts.
    """
    mine, theirs = mine - _LIGHT, theirs - _LIGHT
    return bool(mine and theirs) and not all(any(_are_forms(word, other) for other in theirs) for word in mine)


def _are_forms(word: str, other: str) -> bool:
    return min(len(word), len(other)) >= _SAME_BEGINNING and word[:_SAME_BEGINNING] == other[:_SAME_BEGINNING]
