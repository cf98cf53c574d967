"""The rules of orders: the series and its life, the weight that counts, the working of a dose, the guards around it."""
