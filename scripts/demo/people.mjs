// Who and what the demo is about. Nobody in it exists.

const FIRST = ["Ada", "Bao", "Chidi", "Dana", "Emil", "Farah", "Goran", "Hana", "Ines", "Jonas", "Kofi", "Lena"];
const LAST = ["Okafor", "Novak", "Lindqvist", "Tanaka", "Moreau", "Haddad"];
const CITIES = ["Lisbon", "Hanoi", "Gdańsk", "São Paulo", "Reykjavík", "京都"];
const GOODS = ["Kettle", "Desk lamp", "Notebook", "Backpack", "Headphones", "Bicycle bell", "Espresso cup", "Globe"];

export const USERS = Array.from({ length: 72 }, (_, index) => {
  const first = FIRST[index % FIRST.length];
  const last = LAST[Math.floor(index / FIRST.length)];
  return {
    id: index + 1,
    name: `${first} ${last}`,
    email: `${first}.${last}@example.com`.toLowerCase(),
    city: CITIES[index % CITIES.length],
    roles: index % 9 === 0 ? ["customer", "staff"] : ["customer"],
    createdAt: new Date(Date.UTC(2024, index % 12, 1 + (index % 27))).toISOString(),
  };
});

export const PRODUCTS = Array.from({ length: 80 }, (_, index) => ({
  sku: `P-${String(1_000 + index)}`,
  title: `${GOODS[index % GOODS.length]} ${["S", "M", "L", "XL"][index % 4]}`,
  price: { amount: 9.5 + ((index * 37) % 240), currency: "EUR" },
  stock: (index * 13) % 97,
  tags: ["home", "travel", "office"].slice(0, 1 + (index % 3)),
}));
