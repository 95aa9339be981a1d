"""The languages of the product: whole sentences with named slots, numbers, dates and names.

A sentence stands in the code in English, and its catalogue says it in another language. Who speaks
which language is set by the door (`karwan.words.speech.speaking`); nothing is compiled.
"""
