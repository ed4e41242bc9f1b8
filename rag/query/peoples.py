"""States, and continents, by the words for their people and what is theirs: "Norwegian", "a Frenchman"."""

from functools import lru_cache

from ...vectorstore.names import fold

_SUFFIXES = ("s", "man", "men", "woman", "women")
# A state, then what is said of it or its people; a word may be said of several states ("Korean").
_DEMONYMS = """
Afghanistan Afghan; Albania Albanian; Algeria Algerian; Andorra Andorran; Angola Angolan; Argentina
Argentine/Argentinian; Armenia Armenian; Australia Australian; Austria Austrian; Azerbaijan Azerbaijani/Azeri;
Bahamas Bahamian; Bahrain Bahraini; Bangladesh Bangladeshi; Barbados Barbadian; Belarus Belarusian; Belgium Belgian;
Belize Belizean; Benin Beninese; Bhutan Bhutanese; Bolivia Bolivian; Bosnia_and_Herzegovina Bosnian; Botswana
Botswanan; Brazil Brazilian; Brunei Bruneian; Bulgaria Bulgarian; Burkina_Faso Burkinabe; Burundi Burundian;
Cambodia Cambodian; Cameroon Cameroonian; Canada Canadian; Cape_Verde Cape_Verdean; Chad Chadian; Chile Chilean;
China Chinese; Colombia Colombian; Comoros Comorian; Costa_Rica Costa_Rican; Croatia Croatian; Cuba Cuban; Cyprus
Cypriot; Czechia Czech; Czech_Republic Czech; Denmark Danish/Dane; Djibouti Djiboutian; Dominican_Republic
Dominican; Ecuador Ecuadorian; Egypt Egyptian; El_Salvador Salvadoran/Salvadorian; Eritrea Eritrean; Estonia
Estonian; Eswatini Swazi; Ethiopia Ethiopian; Fiji Fijian; Finland Finnish/Finn; France French; Gabon Gabonese;
Gambia Gambian; Georgia Georgian; Germany German; Ghana Ghanaian; Greece Greek; Grenada Grenadian; Guatemala
Guatemalan; Guinea Guinean; Guyana Guyanese; Haiti Haitian; Honduras Honduran; Hungary Hungarian; Iceland
Icelandic/Icelander; India Indian; Indonesia Indonesian; Iran Iranian; Islamic_Republic_of_Iran Iranian; Iraq Iraqi;
Ireland Irish; Israel Israeli; Italy Italian; Jamaica Jamaican; Japan Japanese; Jordan Jordanian; Kazakhstan Kazakh;
Kenya Kenyan; Kiribati I-Kiribati; Kuwait Kuwaiti; Kyrgyzstan Kyrgyz; Laos Lao/Laotian; Latvia Latvian; Lebanon
Lebanese; Lesotho Basotho; Liberia Liberian; Libya Libyan; Liechtenstein Liechtensteiner; Lithuania Lithuanian;
Luxembourg Luxembourgish; Madagascar Malagasy; Malawi Malawian; Malaysia Malaysian; Maldives Maldivian; Mali Malian;
Malta Maltese; Mauritania Mauritanian; Mauritius Mauritian; Mexico Mexican; Moldova Moldovan; Monaco Monegasque;
Mongolia Mongolian; Montenegro Montenegrin; Morocco Moroccan; Mozambique Mozambican; Myanmar Burmese; Namibia
Namibian; Nauru Nauruan; Nepal Nepalese/Nepali; Netherlands Dutch/Hollander; New_Zealand New_Zealander/Kiwi;
Nicaragua Nicaraguan; Niger Nigerien; Nigeria Nigerian; North_Macedonia Macedonian; Norway Norwegian; Oman Omani;
Pakistan Pakistani; Palau Palauan; Palestine Palestinian; State_of_Palestine Palestinian; Panama Panamanian;
Papua_New_Guinea Papua_New_Guinean; Paraguay Paraguayan; Peru Peruvian; Philippines Philippine/Filipino; Poland
Polish/Pole; Portugal Portuguese; Qatar Qatari; Republic_of_Korea Korean/Korea; South_Korea Korean/Korea;
North_Korea Korean/Korea; Romania Romanian; Russia Russian; Russian_Federation Russian; Rwanda Rwandan;
Samoa Samoan; San_Marino Sammarinese;
Saudi_Arabia Saudi; Senegal Senegalese; Serbia Serbian; Seychelles Seychellois; Sierra_Leone Sierra_Leonean;
Singapore Singaporean; Slovakia Slovak; Slovenia Slovenian/Slovene; Solomon_Islands Solomon_Islander; Somalia
Somali; South_Africa South_African; South_Sudan South_Sudanese; Spain Spanish/Spaniard; Sri_Lanka Sri_Lankan; Sudan
Sudanese; Suriname Surinamese; Sweden Swedish/Swede; Switzerland Swiss; Syria Syrian; Syrian_Arab_Republic Syrian;
Tajikistan Tajik; Tanzania Tanzanian; Thailand Thai; Timor-Leste Timorese; Togo Togolese; Tonga Tongan;
Trinidad_and_Tobago Trinidadian; Tunisia Tunisian; Turkey Turkish/Turk; Türkiye Turkish/Turk; Turkmenistan Turkmen;
Tuvalu Tuvaluan; Uganda Ugandan; Ukraine Ukrainian; United_Arab_Emirates Emirati; United_Kingdom
British/Briton/English/Scottish/Welsh; UK British/Briton; United_States American; USA American;
United_States_of_America American; Uruguay Uruguayan; Uzbekistan Uzbek; Vanuatu Vanuatuan; Vatican_City Vatican;
Holy_See Vatican; Venezuela Venezuelan; Vietnam Vietnamese; Viet_Nam Vietnamese; Yemen Yemeni; Zambia Zambian;
Zimbabwe Zimbabwean; Congo Congolese; Ivory_Coast Ivorian; Côte_d'Ivoire Ivorian; European_Union European; Africa
African; Asia Asian; Europe European
"""


def states_of(word: str) -> frozenset[str]:
    """The states, folded, that a word is said of ("Norwegians": "norway"); none where it is no such word."""
    folded = fold(word)
    known = _by_demonym()
    for suffix in ("", *_SUFFIXES):
        if folded.endswith(suffix) and (found := known.get(folded.removesuffix(suffix))):
            return found
    return frozenset()


def demonyms_of(state: str) -> frozenset[str]:
    """What is said of a state and its people, folded ("Norway": "norwegian")."""
    return frozenset(word for word, states in _by_demonym().items() if fold(state) in states)


@lru_cache(maxsize=1)
def _by_demonym() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for entry in " ".join(_DEMONYMS.split()).split(";"):
        state, demonyms = entry.split()
        for demonym in demonyms.split("/"):
            found.setdefault(fold(demonym.replace("_", " ")), set()).add(fold(state.replace("_", " ")))
    return {demonym: frozenset(states) for demonym, states in found.items()}
